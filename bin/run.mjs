/** Runs one of our own scripts with the pinned Node: `node bin/run.mjs bin/schema.ts --check`. */
import { prepare, runWithNode26 } from "./prepare.mjs";

await prepare();
await runWithNode26(process.argv.slice(2));
