import { benchFolderOf } from "../bench/generate.ts";
const log = (line: string) => process.stderr.write(`${line}\n`);
for (const n of process.argv.slice(2).map(Number)) { const { dataFolder, facts } = await benchFolderOf(n, log); console.log(dataFolder, facts); }
