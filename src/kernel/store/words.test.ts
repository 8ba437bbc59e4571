import assert from "node:assert/strict";
import { test } from "node:test";
import { registry } from "../../records.ts";
import { typeNamed } from "../registry.ts";
import { wordsOf } from "./words.ts";

test("of lines the texts are words: what they lead to, their choices and their days are not", () => {
  const article = typeNamed(registry, "article");
  const words = wordsOf(article, "ART-1", {
    title: "Photographs at work",
    body: "Ask before you take one.",
    cites: [{ id: "0197b1c2-7b1a-7000-8000-0123456789ab", policy: "0197b1c2-7b1a-7000-8000-ba9876543210", clause: 4 }],
  });
  assert.equal(words.everyone, "Ask before you take one.\n");
  const policy = typeNamed(registry, "policy");
  const clauses = [{ id: "0197b1c2-7b1a-7000-8000-0123456789ab", heading: "Cameras", text: "Cover them." }];
  assert.match(wordsOf(policy, "POL-1", { title: "Devices", clauses }).everyone, /^Cameras\nCover them\.$/m);
});
