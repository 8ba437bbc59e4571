import { after, test } from "node:test";
import { makeBenchData } from "../bench/generate.ts";
import { temporaryFolder } from "./running.ts";

const skip =
  process.env["REEVE_FULL_IMPORT"] === "1"
    ? false
    : "it takes half a minute; .ci/run and npm run ci make it, or set REEVE_FULL_IMPORT=1";

// The bench writes tickets by SQL, for the store would take hours: rules that change must change there too.
test("what the bench makes is what the store would have made: chains, clocks and words", { skip }, async () => {
  const folder = await temporaryFolder();
  after(() => folder.remove());
  await makeBenchData(folder.path, 2_000, () => {});
});
