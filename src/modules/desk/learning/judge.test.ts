import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.ts";

const desk = { resolved: 100, firstContact: 30, bounced: 10, reopened: 10 };
const category = (name: string, resolved: number, firstContact: number, bounced: number, reopened: number) => ({
  name,
  resolved,
  firstContact,
  bounced,
  reopened,
});

test("what stands out most beside the whole desk decides the lesson, and what costs most comes first", () => {
  const judged = judge(
    [
      category("As the desk", 10, 3, 1, 1),
      category("Comes back", 20, 6, 2, 6),
      category("Goes round", 20, 6, 9, 2),
      category("Never at once", 10, 1, 1, 1),
      category("Too few to say", 4, 0, 4, 4),
    ],
    desk,
  );
  assert.deepEqual(
    judged.map(({ category: { name }, troubled, lesson }) => [name, troubled, lesson]),
    [
      ["Goes round", 11, "queue"],
      ["Comes back", 8, "training"],
      ["Never at once", 2, "article"],
      ["As the desk", 2, null],
    ],
  );
});

test("where hardly anything is solved at first contact, no category is told to need an article for it", () => {
  const rarely = { resolved: 100, firstContact: 5, bounced: 0, reopened: 0 };
  assert.equal(judge([category("Never at once", 10, 0, 0, 0)], rarely)[0]?.lesson, null);
});

test("a desk where nothing bounces or comes back suggests nothing of that kind", () => {
  const calm = { resolved: 50, firstContact: 0, bounced: 0, reopened: 0 };
  assert.deepEqual(
    judge([category("Anything", 50, 0, 0, 0)], calm).map(({ lesson }) => lesson),
    [null],
  );
  assert.deepEqual(judge([], { resolved: 0, firstContact: 0, bounced: 0, reopened: 0 }), []);
});
