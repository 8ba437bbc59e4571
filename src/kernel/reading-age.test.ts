import assert from "node:assert/strict";
import { test } from "node:test";
import { readingOf } from "./reading-age.ts";

const easy =
  "Plug the lead into the wall. Press the round key on the front. Wait for the light to turn green. If it stays red, call the desk. We will help you. You can go on with your work on a spare one.";
const hard =
  "Notwithstanding the aforementioned organisational considerations, beneficiaries undertaking unauthorised reconfiguration of infrastructural components contravene established governance arrangements, irrespective of operational justification or managerial authorisation thereof, whatsoever, howsoever and wheresoever occurring.";

test("the index is that of its authors, worked by hand", () => {
  // 12 words of 5 letters in 3 sentences, three times over: 4.71 × 5 + 0.5 × 4 − 21.43 = 4.12; grade 5 is read at 10.
  const text = "Alpha bravo delta hotel. Tango oscar romeo limas. Kilos papas india zulus. ".repeat(3);
  assert.deepEqual(readingOf(text), { age: 10, words: 36, longSentences: [] });
});

test("plain words are read early and long ones late, and long sentences are named", () => {
  const [plain, official] = [readingOf(easy), readingOf(`${hard} ${easy}`)];
  assert.ok(plain.age !== null && plain.age <= 9, String(plain.age));
  assert.ok(official.age !== null && official.age > plain.age + 2, String(official.age));
  assert.deepEqual(official.longSentences, [hard]);
});

test("lists are sentences each; headings, code and addresses say nothing, and a short text has no age", () => {
  const list = easy.split(". ").map((one) => `- ${one}`);
  const marked = `# ${hard}\n\n${list.join("\n")}\n\n\`\`\`\n${hard}\n\`\`\`\n\nhttps://example.org/${"x".repeat(90)}`;
  assert.deepEqual(readingOf(marked).longSentences, []);
  assert.ok((readingOf(marked).age ?? 99) <= 9);
  for (const odd of ["", "Read this.", "\u0000", "# A heading"]) assert.equal(readingOf(odd).age, null);
});
