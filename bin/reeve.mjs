// `npm run reeve -- COMMAND`: install what is missing, then run one command. stdout holds only the command's result.
import { join } from "node:path";
import { prepare, projectFolder, runWithNode26 } from "./prepare.mjs";

await prepare();
await runWithNode26([join(projectFolder, "src", "cli.ts"), ...process.argv.slice(2)]);
