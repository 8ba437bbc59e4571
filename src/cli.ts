/** The product from a terminal: `npm run reeve -- COMMAND`. Results go to stdout, everything else to stderr. */
import { Command, CommanderError } from "commander";
import { addCommands } from "./commands/commands.ts";
import { BackupError } from "./kernel/backup/failed.ts";
import { EmbeddedPostgresError } from "./kernel/database/embedded.ts";
import { MigrationError } from "./kernel/database/migrate.ts";
import { Refusal } from "./kernel/errors.ts";
import { SettingsError } from "./kernel/settings.ts";

const program = new Command("reeve")
  .description("Reeve, the system for a council’s digital function, from the terminal")
  .helpCommand("help [command]", "how to use Reeve, or one of its commands")
  .showHelpAfterError("Use “npm run reeve -- help” to see the commands.")
  .exitOverride();

addCommands(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

/** 0 done, 1 refused, 2 misused. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const foreseen =
    error instanceof Refusal ||
    error instanceof SettingsError ||
    error instanceof EmbeddedPostgresError ||
    error instanceof MigrationError ||
    error instanceof BackupError ||
    // What the system says about a file or a pipe is a sentence that names it.
    (error instanceof Error && "syscall" in error);
  process.stderr.write(
    `${error instanceof Error ? (foreseen ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
  );
  return 1;
}
