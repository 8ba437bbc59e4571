// `npm test`: install what is missing, then run every test, or only the files that are named:
// `npm test -- src/kernel/settings.test.ts --test-name-pattern=port`.
import { prepare, projectFolder, runWithNode26 } from "./prepare.mjs";

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("-"));
const files = given.filter((argument) => !argument.startsWith("-"));
const everyTest = ["bin/**/*.test.ts", "src/**/*.test.ts", "test/**/*.test.ts"];

if (!options.some((option) => option.startsWith("--test-concurrency"))) options.push("--test-concurrency=2");

await prepare();
await runWithNode26(["--test", ...options, ...(files.length > 0 ? files : everyTest)], { cwd: projectFolder });
