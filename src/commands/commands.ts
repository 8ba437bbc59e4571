import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { demoToken } from "../council/demo-token.ts";
import { deadlineCommand } from "../kernel/clocks/deadline-command.ts";
import { DIVISIONS } from "../kernel/clocks/holidays.ts";
import { deadlineRules } from "../kernel/clocks/rules.ts";
import { readSettings } from "../kernel/settings.ts";
import { startProduct } from "../product.ts";
import { addBackupCommands } from "./backup.ts";
import { doctor } from "./doctor.ts";
import { exportRecords } from "./export.ts";
import { addImportCommands } from "./import.ts";
import { verifyDatabase } from "./verify.ts";
import { pathFrom, progress, withRuntime } from "./with-runtime.ts";

/** Every command of the terminal. */
export function addCommands(program: Command): void {
  program.command("start").description("start Reeve, as npm start does").action(start);
  program
    .command("migrate")
    .description("bring the database to this version")
    .action(() => withRuntime(async () => progress("The database is at this version.")));
  program
    .command("token")
    .argument("<person>", "one of the demo people, like lead-support")
    .description("print an API token with that person’s rights, for 30 days")
    .action(token);
  addImportCommands(program);
  program
    .command("export")
    .argument("<type>", "the plural in its address, like tickets")
    .option("--organisation <name>", "when there are several")
    .option("--out <file>", "write there instead of to stdout")
    .description("write every record of a type as CSV")
    .action(exportRecords);
  program
    .command("verify")
    .option("--json", "print one object")
    .option("--organisation <name>", "only this one")
    .description("prove every timeline, seal and stored clock, and name the first that is wrong")
    .action(verifyDatabase);
  addBackupCommands(program);
  program
    .command("deadline")
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .description("work out a deadline: deadline foi --from 2026-03-16 --json")
    .action(deadline);
  program
    .command("doctor")
    .option("--json", "print one object")
    .description("look for what is wrong with this installation")
    .action(doctor);
}

async function start(): Promise<void> {
  const product = await startProduct(readSettings(process.env), (line) => process.stdout.write(`${line}\n`));
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
  await product.stop();
  process.exit(0);
}

async function token(person: string): Promise<void> {
  const text = await withRuntime((runtime) =>
    demoToken({ store: runtime.store, ownerPool: runtime.ownerPool, key: person }),
  );
  process.stdout.write(`${text}\n`);
}

async function deadline(_words: readonly string[], _options: unknown, command: Command): Promise<void> {
  const io = {
    stdout: (text: string) => void process.stdout.write(text),
    stderr: (text: string) => void process.stderr.write(text),
    readFile: (path: string) => readFile(pathFrom(path), "utf8"),
  };
  if (command.args.length === 0 || command.args.includes("--help") || command.args.includes("help"))
    return io.stdout(deadlineHelp());
  process.exitCode = await deadlineCommand([...command.args], io);
}

function deadlineHelp(): string {
  const rules = [...deadlineRules.values()].map(
    ({ name, label, citation, events }) => `  ${name}: ${label} (${citation}). Events: ${events.join(", ")}`,
  );
  return [
    "Usage: reeve deadline RULE --from DATE [--event KIND=DATE ...] [--division D] [--json]",
    "       reeve deadline RULE --csv FILE, with the columns id,rule,from,events",
    '       reeve deadline service-level --from MOMENT --target 4h [--hours "Mon-Fri 08:00-18:00"]',
    "",
    "Rules:",
    ...rules,
    "",
    `Divisions: ${DIVISIONS.join(", ")}`,
    "",
  ].join("\n");
}
