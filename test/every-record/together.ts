import assert from "node:assert/strict";
import type { RecordType } from "../../src/kernel/record.ts";
import { isNothing, previewOf } from "../../src/kernel/bulk/deed.ts";
import type { Deed as BulkDeed, Given, Preview } from "../../src/kernel/bulk/deed.ts";
import type { Stored } from "../../src/kernel/transaction.ts";
import { valuesFor } from "../values.ts";
import { world, browser, asAdministrator, ready } from "./stage.ts";

/** A list that is open, and how often it was told to look again. */
export async function look(path: string): Promise<{ looks(): number; close(): void }> {
  listening ??= world.app.listen({ port: 0, host: "127.0.0.1" });
  const address = await listening;
  const stop = new AbortController();
  const answer = await fetch(`${address}/live${path}?at=${Date.now()}`, {
    headers: { cookie: browser.cookieHeader(), "user-agent": "Firefox" },
    signal: stop.signal,
  });
  assert.equal(answer.status, 200);
  let looks = 0;
  const read = async () => {
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream()))
      if (chunk.includes("event: look")) looks += 1;
  };
  void read().catch(() => {});
  return { looks: () => looks, close: () => stop.abort() };
}
let listening: Promise<string> | undefined;

/** Something that can be done to each of these records and changes it: a field of its form given another value, else a move. */
export async function deedFor(type: RecordType, records: readonly Stored[]): Promise<{ deed: BulkDeed; given: Given }> {
  // Two that hold from the same day must differ in what they are told apart by.
  const fields = type.views.form.filter(
    (name) =>
      !type.dated?.by.includes(name) &&
      name !== type.titleField &&
      type.fields[name]?.kind.name !== "lines" &&
      !type.fields[name]?.options.fixed,
  );
  const fieldDeeds = type.productOnly ? [] : fields.map((name): BulkDeed => ({ kind: "field", name }));
  const moveDeeds = Object.entries(type.moves)
    .filter(([name, { comment: asked }]) => !asked?.required && `${type.name} ${name}` !== "disposal finish")
    .map(([name]): BulkDeed => ({ kind: "move", name }));
  for (const deed of [...fieldDeeds, ...moveDeeds]) {
    const asks = deed.kind === "field" ? [deed.name] : (type.moves[deed.name]?.asks ?? []);
    const given = { values: await world.system((tx) => valuesFor(tx, type, asks)), comment: "" };
    if (deed.kind === "move") for (const record of records) await ready(type, deed.name, record);
    const chosen = records.map(({ reference, version }) => ({ reference, version }));
    const previews = await asAdministrator(async (tx) => {
      const found: Preview[] = [];
      for (const one of chosen) found.push(await previewOf(tx, type, deed, given, one));
      return found;
    });
    if (previews.every((preview) => preview.outcome && !isNothing(preview))) return { deed, given };
  }
  return assert.fail(`nothing changes ${type.label.many}`);
}
