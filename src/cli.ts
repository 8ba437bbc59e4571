/** The product from a terminal: `npm run reeve -- COMMAND`. Results go to stdout, everything else to stderr. */
import { Command, CommanderError } from "commander";
import { addCommands } from "./commands/commands.ts";
import { sentenceFor } from "./commands/sentence.ts";

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
  const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${sentenceFor(error) ?? fault}\n`);
  return 1;
}
