// `npm start`: install what is missing, then run the product.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { memoryFlags } from "./memory.mjs";
import { prepare, prepareFirstStart, projectFolder, runWithNode26 } from "./prepare.mjs";

await prepare();
const { DATABASE_URL, REEVE_DATA } = process.env;
// Only a first start copies it.
if (!DATABASE_URL && !existsSync(resolve(projectFolder, REEVE_DATA || "data", "postgres"))) await prepareFirstStart();
await runWithNode26([...memoryFlags, join(projectFolder, "src", "main.ts"), ...process.argv.slice(2)]);
