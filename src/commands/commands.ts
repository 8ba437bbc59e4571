import type { Command } from "commander";
import { readSettings } from "../kernel/settings.ts";
import { addBackupCommands } from "./backup.ts";
import { addDeadlineCommand } from "./deadline.ts";
import { doctor } from "./doctor.ts";
import { addExportCommand } from "./export.ts";
import { addImportCommands } from "./import.ts";
import { printSecondStepReset } from "./second-step.ts";
import { printToken } from "./token.ts";
import { verifyDatabase } from "./verify.ts";
import { progress, withRuntime } from "./with-runtime.ts";

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
    .action(printToken);
  program
    .command("reset-second-step")
    .argument("<email>", "what the person signs in with")
    .description("end the two-step sign-in of somebody who has lost it, when no administrator can")
    .action(printSecondStepReset);
  addImportCommands(program);
  addExportCommand(program);
  program
    .command("verify")
    .option("--json", "print one object")
    .option("--organisation <name>", "only this one")
    .description("prove every timeline, seal and stored clock, and name the first that is wrong")
    .action(verifyDatabase);
  addBackupCommands(program);
  addDeadlineCommand(program);
  program
    .command("doctor")
    .option("--json", "print one object")
    .description("look for what is wrong with this installation")
    .action(doctor);
}

async function start(): Promise<void> {
  // The web takes most of the time to load, and no other command needs it.
  const { runPart } = await import("../run-part.ts");
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await runPart(undefined, { settings: readSettings(process.env), say });
}
