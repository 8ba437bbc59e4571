// `npm run reeve -- COMMAND`: install what is missing, then run one command. stdout holds only the command's result.
import { join } from "node:path";
import { memoryFlags } from "./memory.mjs";
import { prepare, projectFolder, runWithNode26 } from "./prepare.mjs";

await prepare();
const words = process.argv.slice(2);
// The product takes no more memory than as `npm start`; an import may.
const flags = words[0] === "start" ? memoryFlags : [];
await runWithNode26([...flags, join(projectFolder, "src", "cli.ts"), ...words]);
