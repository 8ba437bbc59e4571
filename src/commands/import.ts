import type { Command } from "commander";
import { foundOrganisation } from "../council/found.ts";
import { importServiceNowLog } from "../modules/desk/import/servicenow-log.ts";
import { movedInText, moveIn } from "../modules/desk/moving-in/bring-in.ts";
import type { Source } from "../modules/desk/moving-in/moved.ts";
import { sources } from "../modules/desk/moving-in/sources.ts";
import { reconciliationText } from "../modules/desk/import/reconciliation.ts";
import { registry } from "../records.ts";
import { importBankHolidays } from "./import-bank-holidays.ts";
import { importRecords } from "./import-records.ts";
import { pathFrom, progress, withRuntime } from "./with-runtime.ts";

/** `import SOURCE FILE`: one command for each tool that a team can leave. */
export function addImportCommands(program: Command): void {
  const into = program.command("import").description("bring in another tool’s records with their history");
  into
    .command("servicenow-log")
    .argument("<file>", "the log of events, as CSV or in a zip")
    .option("--organisation <name>", "into this one; otherwise into the only one there is, or a new one")
    .option("--json", "print the reconciliation as one object")
    .description("a ServiceNow incident event log")
    .action(serviceNowLog);
  for (const source of sources)
    into
      .command(source.name)
      .argument("<file>", source.holds)
      .option("--organisation <name>", "into this one; otherwise into the only one there is, or a new one")
      .option("--json", "print what came of it as one object")
      .description(`tickets of ${source.label}, with their history`)
      .action((file: string, options: { organisation?: string; json?: boolean }) => movedIn(source, file, options));
  into
    .command("bank-holidays")
    .argument("<file>", "https://www.gov.uk/bank-holidays.json, as it was downloaded")
    .option("--add-passed", "count days that have passed and were not known here: open deadlines move")
    .option("--leave-passed", "leave days that have passed and are not in the file, and read the rest")
    .option("--json", "print what changed as one object")
    .description("GOV.UK’s list of bank holidays, by which calendars and deadlines then go")
    .action(importBankHolidays);
  into
    .command("records")
    .argument("<type>", "what they become, as in an address: people, tickets")
    .argument("<file>", "a CSV file or an Excel workbook, with headings in its first row")
    .requiredOption(
      "--as <person>",
      "who brings them in, by e-mail address or reference: only what they may do is done",
    )
    .option("--key <field>", "the field by which a row finds the record that it changes, or reference")
    .option("--check-only", "say what each row would come to, and save nothing")
    .description("records of any type, with the columns as their headings match")
    .action(importRecords);
}

async function serviceNowLog(file: string, options: { organisation?: string; json?: boolean }): Promise<void> {
  const now = Temporal.Now.instant();
  const result = await withRuntime((runtime) =>
    importServiceNowLog({
      ownerPool: runtime.ownerPool,
      registry,
      file: pathFrom(file),
      progress,
      now,
      found: (name) => foundOrganisation({ ownerPool: runtime.ownerPool, registry, now }, { name, demo: false }),
      ...(options.organisation ? { organisationName: options.organisation } : {}),
    }),
  );
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : reconciliationText(result));
}

async function movedIn(
  source: Source,
  file: string,
  options: { organisation?: string; json?: boolean },
): Promise<void> {
  const now = Temporal.Now.instant();
  const result = await withRuntime(({ ownerPool }) =>
    moveIn({
      ownerPool,
      registry,
      source,
      file: pathFrom(file),
      progress,
      now,
      found: (name) => foundOrganisation({ ownerPool, registry, now }, { name, demo: false }),
      ...(options.organisation ? { organisationName: options.organisation } : {}),
    }),
  );
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : movedInText(result));
}
