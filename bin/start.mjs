// `npm start`: install what is missing, then run the product.
import { join } from "node:path";
import { memoryFlags } from "./memory.mjs";
import { prepare, projectFolder, runWithNode26 } from "./prepare.mjs";

await prepare();
await runWithNode26([...memoryFlags, join(projectFolder, "src", "main.ts"), ...process.argv.slice(2)]);
