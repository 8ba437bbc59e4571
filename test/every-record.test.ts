import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as rest } from "node:timers/promises";
import { readFeed } from "../src/kernel/outward/feed.ts";
import { statesAfter } from "../src/kernel/lifecycle.ts";
import { columnName } from "../src/kernel/record.ts";
import type { RecordType } from "../src/kernel/record.ts";
import { evaluate } from "../src/kernel/measures/evaluate.ts";
import type { Measure } from "../src/kernel/measures/measure.ts";
import { periodBetween, todayAt } from "../src/kernel/measures/periods.ts";
import { doTo, isNothing, previewOf } from "../src/kernel/bulk/deed.ts";
import { disposeApproved } from "../src/kernel/retention/dispose.ts";
import { findDue } from "../src/kernel/retention/find-due.ts";
import { disposable } from "../src/kernel/retention/retention-schedule.record.ts";
import { typeNamed } from "../src/kernel/registry.ts";
import { asOf, dayOf } from "../src/kernel/store/as-of.ts";
import { change } from "../src/kernel/store/change.ts";
import { readyChanges, writeReady } from "../src/kernel/store/change-many.ts";
import { create } from "../src/kernel/store/create.ts";
import { filterNames } from "../src/kernel/store/filters.ts";
import { find } from "../src/kernel/store/find.ts";
import { count, list, sortable } from "../src/kernel/store/list.ts";
import { move, permissionOf } from "../src/kernel/store/move.ts";
import { columnOf } from "../src/kernel/store/row.ts";
import { search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import { givenOutsideMoves } from "../src/kernel/store/values.ts";
import { storedFields } from "../src/kernel/schema/definition-sql.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import { recordJson } from "../src/web/api/record-json.ts";
import { webhookMessages } from "../src/web/api/webhook-message.ts";
import { valuesFor } from "./values.ts";
import { importable } from "../src/kernel/transfer/columns.ts";
import { words } from "./web-world.ts";
import {
  world,
  browser,
  asker,
  administrator,
  someoneElse,
  program,
  logged,
  begin,
  types,
  standing,
  refused,
  asAdministrator,
  made,
  ready,
  notForPeople,
} from "./every-record/stage.ts";
import { look, deedFor } from "./every-record/together.ts";
import { checkFileOf, csvRows, withoutIds } from "./every-record/file-of-all.ts";
import { permissions } from "./every-record/permissions.ts";

before(begin);
after(() => world.close());

test("there are types to prove things of", () => assert.ok(types.length >= 9, `${types.length} types`));

for (const type of types) {
  describe(type.label.many, () => {
    test("every state can be reached by moves from the start, and no move begins nowhere", () => {
      const reached = new Set([type.starts]);
      for (let before = 0; before < reached.size;) {
        before = reached.size;
        for (const one of Object.values(type.moves))
          if (one.from.some((state) => reached.has(state))) for (const state of statesAfter(one)) reached.add(state);
      }
      assert.deepEqual([...reached].sort(), Object.keys(type.states).sort());
      for (const [name, one] of Object.entries(type.moves)) {
        assert.match(name, /^[a-z][a-z_]*$/);
        for (const state of [...one.from, ...statesAfter(one)])
          assert.ok(Object.hasOwn(type.states, state), `${name}: ${state}`);
        for (const field of one.asks ?? [])
          assert.ok(type.fields[field] && !type.fields[field].options.readOnly, `${name} asks ${field}`);
        for (const field of one.requires ?? [])
          assert.ok(one.asks?.includes(field), `${name} requires ${field}, which it does not ask for`);
      }
    });

    test("what its list, form and page name is there", () => {
      const base = ["reference", "state", "due", "opened", "updated", "closed"];
      const { list: shown, form, page } = type.views;
      for (const name of shown.columns)
        assert.ok(
          base.includes(name) ||
            columnOf(type, name) !== null ||
            ["computed", "links"].includes(type.fields[name]?.kind.name ?? ""),
          `column ${name}`,
        );
      assert.ok(sortable(type).includes(shown.sort.replace(/^-/, "")), `sort ${shown.sort}`);
      const filters = new Set(filterNames(type).map(({ field }) => field));
      for (const name of shown.filters) assert.ok(filters.has(name), `filter ${name}`);
      for (const name of [...form, ...page]) assert.ok(type.fields[name], `field ${name}`);
      for (const name of form)
        assert.ok(!type.fields[name]?.options.readOnly, `the form asks for ${name}, which only the product sets`);
      for (const [name, { options }] of Object.entries(type.fields))
        if (options.required && !options.readOnly)
          assert.ok(form.includes(name) || type.defaults, `${name} is required and the form does not ask for it`);
    });

    test("made from the kinds of its fields, it is found, listed, counted, searched, and written to a file and read back", async () => {
      const record = await made(type);
      await asAdministrator(async (tx) => {
        assert.deepEqual(await find(tx, type, record.id), await find(tx, type, record.reference.toLowerCase()));
        const all = await list(tx, type, { show: "all", limit: 200, sort: "-opened" });
        assert.ok(all.items.some(({ id }) => id === record.id));
        assert.equal(await count(tx, type, { show: "all" }), all.items.length);
        assert.deepEqual(
          (await search(tx, record.reference)).found.map(({ id }) => id),
          [record.id],
        );
        for (const sort of sortable(type))
          for (const way of [sort, `-${sort}`])
            assert.equal((await list(tx, type, { sort: way, limit: 200 })).items.length, all.items.length, way);
        for (const { name, field, takes } of filterNames(type)) {
          // Where a choice is not asked for of this record, one that is offered.
          const { options: offered } = (type.fields[field]?.options ?? {}) as { options?: Record<string, string> };
          const held = [record.values[field]].flat()[0];
          const value =
            takes === "date"
              ? "2026-01-01"
              : takes === "number"
                ? "1"
                : takes === "yes-no"
                  ? "yes"
                  : String(held ?? (takes.startsWith("record") ? "none" : (Object.keys(offered ?? {})[0] ?? "x")));
          const found = await list(tx, type, { where: { [name]: [value] }, limit: 200 });
          if (!/-(from|to)$/.test(name) && takes !== "number" && takes !== "yes-no" && held)
            assert.ok(
              found.items.some(({ id }) => id === record.id),
              `narrowed by ${name}`,
            );
        }
      });
      for (const [name, { kind, options }] of Object.entries(type.fields)) {
        const value = record.values[name];
        if (value === null || value === undefined || kind.name === "computed") continue;
        assert.deepEqual(kind.schema(options).parse(kind.fromText(options, kind.text(options, value))), value, name);
        kind.show(options, value);
        kind.input(options, value);
      }
    });

    test("what is counted of it by a measure, open, opened and grouped, is what its list holds, for each as they may see it", async () => {
      await made(type);
      const about = {
        label: "A test",
        meaning: "A test.",
        owner: "The tests",
        unit: type.label,
        works: "count",
      } as const;
      // Of a type that code knows by its definition alone no field is named.
      const measureOf = (over: Measure["over"]): Measure => ({ ...about, name: "a-test", over, type });
      const counted = (who: Who, over: Measure["over"], by: string) =>
        world.store.as(who, async (tx) => {
          const period = periodBetween("2020-01-01", todayAt(tx.now).toString());
          const { total, rows } = await evaluate(tx, { measure: measureOf(over), period, by });
          assert.equal(
            rows.reduce((sum, { value }) => sum + (value ?? 0), 0),
            total.value,
          );
          return { total: total.value, listed: await count(tx, type, { show: over === "open-now" ? "open" : "all" }) };
        });
      for (const [over, by] of [
        [{ happened: "opened" }, "month"],
        [{ happened: "opened" }, "state"],
        ["open-now", "state"],
        ["open-now", "age"],
      ] as const) {
        for (const who of [administrator, someoneElse]) {
          const { total, listed } = await counted(who, over, by);
          assert.equal(total, listed, `${String(by)} of ${JSON.stringify(over)}`);
        }
        assert.ok((await counted(administrator, over, by)).total! >= 1);
      }
    });

    test("a comment brings files, which stand on its page, and one is taken away again", async () => {
      const { reference } = await made(type);
      const page = `/${type.path}/${reference}`;
      const files = ["one.txt", "two.txt"].map((name) => new File([`${type.name} ${name}`], name));
      const said = await browser.post(`${page}/comments`, { text: "", "files[]": files }, { from: page });
      assert.equal(said.statusCode, 303, words(said));
      const listed = await browser.get(`${page}?tab=files`);
      const ids = [...listed.body.matchAll(/href="\/files\/([0-9a-f-]{36})">two/g)].map(([, id]) => id);
      assert.equal((await browser.get(`/files/${ids[0]}`)).body, `${type.name} two.txt`);
      const removed = await browser.post(`${page}/files/${ids[0]}/remove`, {}, { from: listed });
      assert.equal(removed.statusCode, 303);
      assert.match(words(await browser.get(`${page}?tab=files`)), /“two\.txt” was taken away .* one\.txt/);
      assert.match(words(await browser.get(`${page}?tab=timeline`)), /took the file “two\.txt” away/);
    });

    test("what a file of all that can be given says is what is here, and without its references it makes the same again", async () => {
      const record = await made(type);
      if (type.productOnly) {
        assert.equal((await browser.get(`/${type.path}/import`)).statusCode, 403);
        return;
      }
      const at = (await browser.get(`/${type.path}.csv?whole=yes`)).body;
      assert.ok(at.includes(record.reference));
      const same = await checkFileOf(type, at, { key: "reference" });
      assert.match(same.words, /Nothing is saved yet|nothing to save/);
      assert.match(same.words, /\b0 rejected/, same.words);
      assert.match(same.words, /\b0 [\w’ ]* to make 0 [\w’ ]* to change/, same.words);
      // What holds from a day to a day may not hold twice, and an administrator's own rights are not given by a file.
      if (type.dated) return;
      const [headings = "", ...rows] = csvRows(at);
      const own = rows.find((row) => row.startsWith(record.reference)) ?? assert.fail("its row is not in the file");
      const again = await checkFileOf(type, `${headings}\r\n${own}\r\n`, { key: "", "column-0": "" });
      assert.match(again.words, /\b1 [\w’ ]* to make/, again.words);
      await browser.post(`${again.at}/save`, {}, { from: again.page });
      await world.runJobs();
      // Of files that are in no record somebody may have a hundred; after a day those of an import are gone.
      await world.ownerPool.query("update files set uploaded_by = null where record_id is null");
      const { rows: copies } = await world.ownerPool.query<{ id: string }>(
        "select record_id as id from import_rows where import_id = $1 and state = 'saved'",
        [again.at.split("/").at(-1)],
      );
      const copy = await asAdministrator((tx) => find(tx, type, copies[0]!.id));
      for (const { name } of importable((await asAdministrator(async (tx) => tx)).actor, type))
        assert.deepEqual(withoutIds(copy.values[name]), withoutIds(record.values[name]), name);
      await browser.post(`${again.at}/undo`, {}, { from: `${again.at}/undo` });
      await world.runJobs();
      assert.match(words(await browser.get(again.at)), /This import was undone.*Taken back/);
      const { rows: left } = await world.ownerPool.query<{ title: string; closed: boolean }>(
        "select title, closed_at is not null as closed from records where id = $1",
        [copy.id],
      );
      // Rules may have read a register, so there it is closed and keeps its words.
      assert.deepEqual(left, [{ title: type.referenceData ? copy.title : "Erased", closed: true }]);
    });

    test("as it stood today it is as it is, on its page and in the API, and before it was made it is not there", async () => {
      const record = await made(type);
      const today = dayOf(Temporal.Now.instant());
      const stood = await asAdministrator((tx) => asOf(tx, type, record, today));
      assert.equal(stood.record?.state, record.state);
      for (const [name, { kind, options }] of Object.entries(type.fields))
        if (kind.name !== "computed" && !options.untold)
          assert.deepEqual(
            withoutIds(stood.record?.values[name] ?? null),
            withoutIds(record.values[name] ?? null),
            name,
          );
      const page = await browser.get(`/${type.path}/${record.reference}?on=${today}`);
      assert.equal(page.statusCode, 200);
      assert.match(words(page), /As it stood on/);
      const before = await asAdministrator((tx) => asOf(tx, type, record, "2001-01-01"));
      assert.equal(before.record, null);
    });

    test("what is begun in its form is found again, and whoever only makes it is asked a question a page", async () => {
      if (type.productOnly) {
        assert.equal((await browser.get(`/${type.path}/new`)).statusCode, 403);
        assert.equal((await asker.get(`/${type.path}/new`)).statusCode, 403);
        return;
      }
      const typed = { _draft: crypto.randomUUID(), [type.titleField]: `Begun ${crypto.randomUUID()}` };
      const kept = await browser.post(`/${type.path}/drafts`, typed, { from: `/${type.path}/new` });
      assert.equal(kept.statusCode, 303, words(kept));
      assert.ok((await browser.get(String(kept.headers.location))).body.includes(typed[type.titleField]!));
      const draft = crypto.randomUUID();
      for (const { field, ask } of type.views.questions) {
        const page = await asker.get(`/${type.path}/new?draft=${draft}&ask=${field}`);
        assert.equal(page.statusCode, 200, `${field}: ${words(page)}`);
        assert.equal(page.body.match(/<h1\b/g)?.length, 1, field);
        const question = ask ?? type.fields[field]!.options.label;
        if (!type.askedWhen[field] && !type.fields[field]!.options.internal)
          assert.ok(words(page).includes(question), `${field} is not asked for`);
      }
      const text = type.fields[type.titleField]!.options.label;
      const wrong = await asker.post(`/${type.path}/questions`, { _ask: type.titleField, _draft: draft });
      assert.equal(wrong.statusCode, 422, `${text} may not be left out`);
      const record = await made(type);
      const at = `/${type.path}/${record.reference}`;
      const form = { _draft: crypto.randomUUID(), _record: record.reference, _form: "comment", text: "Half of it" };
      const said = await browser.post(`/${type.path}/drafts`, form, { from: at });
      assert.equal(said.headers.location, `${at}?tab=conversation`);
      assert.match((await browser.get(String(said.headers.location))).body, />\s?Half of it<\/textarea>/);
    });

    test("a change makes a version and a line of its timeline, a stale one is refused, and no change leaves nothing", async () => {
      const record = await made(type);
      const title = { [type.titleField]: "Another title" };
      if (type.productOnly) {
        await assert.rejects(
          asAdministrator((tx) => change(tx, type, record.id, record.version, title)),
          refused("forbidden"),
        );
        return;
      }
      const changed = await asAdministrator((tx) => change(tx, type, record.id, record.version, title));
      assert.deepEqual(
        [changed.version, changed.title, changed.values[type.titleField]],
        [record.version + 1, "Another title", "Another title"],
      );
      await assert.rejects(
        asAdministrator((tx) => change(tx, type, record.id, record.version, { [type.titleField]: "Too late" })),
        refused("stale"),
      );
      const same = await asAdministrator((tx) => change(tx, type, record.id, changed.version, title));
      assert.equal(same.version, changed.version);
      const events = await asAdministrator((tx) => timeline(tx, record));
      assert.deepEqual(
        events.map(({ verb }) => verb),
        ["created", "changed"],
      );
      assert.deepEqual(events[1]?.body?.changes, { [type.titleField]: { from: record.title, to: "Another title" } });
      assert.equal(events[1]?.actorId, administrator.personId);
      await assert.rejects(
        asAdministrator((tx) => change(tx, type, record.id, changed.version, { [type.titleField]: "" })),
        refused("invalid"),
      );
    });

    test("changed together with others, it comes to what it comes to alone", async () => {
      if (type.productOnly) return;
      const fixed = new Set([...(type.dated?.by ?? []), ...(type.dated ? ["validFrom"] : [])]);
      const some = async () => {
        const all = await asAdministrator((tx) => valuesFor(tx, type, givenOutsideMoves(type)));
        return Object.fromEntries(
          Object.entries(all).filter(([name]) => !fixed.has(name) && !type.fields[name]?.options.fixed),
        );
      };
      const [begun, values] = [await some(), await some()];
      const [alone, one, other] = [await made(type, begun), await made(type, begun), await made(type, begun)];
      await asAdministrator((tx) => change(tx, type, alone.id, alone.version, values));
      const asked = [one, other].map((before) => ({ before, version: before.version, given: values }));
      const ready = await asAdministrator((tx) => readyChanges(tx, type, asked));
      const left = await asAdministrator((tx) => writeReady(tx, type, ready));
      for (const [at, { before }] of asked.entries())
        if (ready.each[at] === "alone")
          await asAdministrator((tx) => change(tx, type, before.id, before.version, values));
        else assert.equal(left.get(before.id)?.version, before.version + 1, String(ready.each[at]));
      const [wanted, ...found] = await Promise.all([alone, one, other].map((record) => standing(type, record, values)));
      for (const each of found) assert.deepEqual(each, wanted);
    });

    for (const [name, definition] of Object.entries(type.moves)) {
      test(`the move “${definition.label}” leads where it says from wherever it can begin, and leaves a line`, async () => {
        const product = notForPeople(type, permissionOf(type, definition));
        const acting: typeof asAdministrator = (work) => (product ? world.system(work) : asAdministrator(work));
        for (const from of definition.from) {
          const record = await made(type);
          await ready(type, name, record);
          await world.ownerPool.query("update records set state = $2 where id = $1", [record.id, from]);
          const given = {
            ...(await world.system((tx) => valuesFor(tx, type, definition.asks ?? []))),
            ...(definition.comment ? { comment: "Because" } : {}),
          };
          const { moved, events } = await acting(async (tx) => {
            const moved = await move(tx, type, record.id, record.version, name, given);
            return { moved, events: await timeline(tx, moved) };
          });
          const after = statesAfter(definition);
          assert.ok(after.length === 0 ? moved.state === from : after.includes(moved.state), moved.state);
          assert.equal(moved.closedAt !== null, type.states[moved.state]?.final ?? false);
          const line = events.find(({ verb }) => verb === "moved");
          assert.deepEqual(
            [line?.body?.move, line?.body?.from, line?.actorId],
            [name, from, product ? null : administrator.personId],
          );
          assert.equal(line?.body?.state, after.length === 0 ? undefined : moved.state);
          // What follows from a move may be said as well.
          if (definition.effects === undefined)
            assert.equal(
              events.some(({ verb }) => verb === "commented"),
              definition.comment !== undefined,
            );
        }
        const elsewhere = Object.keys(type.states).find((state) => !definition.from.includes(state));
        if (elsewhere === undefined) return;
        const record = await made(type);
        await world.ownerPool.query("update records set state = $2 where id = $1", [record.id, elsewhere]);
        await assert.rejects(
          acting((tx) => move(tx, type, record.id, record.version, name, {})),
          refused("impossible"),
        );
      });
    }

    test("a program lists it, reads it with its version, changes it, and is told when that version is old or not said", async () => {
      const record = await made(type);
      const one = `/${type.path}/${record.reference}`;
      const listed = await program.get(`/${type.path}?show=all&limit=200`);
      const items: { id: string }[] = listed.json().items;
      assert.ok(items.some(({ id }) => id === record.id));
      const read = await program.get(one);
      const etag = String(read.headers["etag"]);
      assert.equal(read.json().title ?? read.json()[type.titleField], record.title);
      const changes = { [type.titleField]: "Changed by a program" };
      assert.equal((await program.patch(one, changes)).statusCode, 428);
      const changed = await program.patch(one, changes, { "if-match": etag });
      if (type.productOnly) {
        assert.equal(changed.statusCode, 403, changed.body);
        return;
      }
      assert.equal(changed.json()[type.titleField], "Changed by a program", changed.body);
      assert.equal((await program.patch(one, changes, { "if-match": etag })).statusCode, 412);
      const events: { verb: string }[] = (await program.get(`${one}/events`)).json().items;
      assert.deepEqual(
        events.map(({ verb }) => verb),
        ["created", "changed"],
      );
      assert.equal((await program.get(`/${type.path}/NONE-1`)).statusCode, 404);
    });

    test("it is joined to another record and seen from both ends, as a board, a calendar and a timeline, and in an Excel file", async () => {
      const [record, other] = [await made(type), await made(type)];
      const join = { relation: "relates_to", to: other.reference };
      const joined = await program.post(`/${type.path}/${record.reference}/joins`, join);
      assert.equal(joined.statusCode, type.productOnly ? 403 : 201, joined.body);
      for (const [end, far] of [
        [record, other],
        [other, record],
      ] as const)
        assert.match(
          (await browser.get(`/${type.path}/${end.reference}?tab=connected`)).body,
          type.productOnly ? /Connected/ : new RegExp(far.reference),
        );
      for (const as of ["board", "calendar", "timeline"])
        assert.equal((await browser.get(`/${type.path}?as=${as}&show=all`)).statusCode, 200, as);
      const sheet = await browser.get(`/${type.path}.xlsx?show=all`);
      assert.deepEqual([sheet.statusCode, sheet.rawPayload.subarray(0, 2).toString()], [200, "PK"]);
    });

    test("what happens to it is in the feed of changes, and a webhook can say it", async () => {
      const options = { types: [type.name], limit: 200 };
      const { cursor } = await asAdministrator((tx) => readFeed(tx, { ...options, after: "now" }));
      const record = await made(type);
      const say = webhookMessages("https://reeve.example");
      const { type: said, data } = await asAdministrator((tx) =>
        say(tx, { recordId: record.id, sequence: 1, whole: true }),
      );
      assert.deepEqual([said, data["reference"]], [`${type.name}.created`, record.reference]);
      assert.deepEqual(
        data["record"],
        await asAdministrator(async (tx) => {
          const own = tx.registry.types.get(type.name)!;
          return recordJson(tx.actor, own, await find(tx, own, record.id));
        }),
      );
      // The feed waits for transactions that began before, those of other tests on the same server included.
      let told = false;
      for (let tries = 0; tries < 400 && !told; tries++) {
        const { changes } = await asAdministrator((tx) => readFeed(tx, { ...options, after: cursor }));
        told = changes.some(({ recordId, verb }) => recordId === record.id && verb === "created");
        if (!told) await rest(25);
      }
      assert.ok(told);
    });

    test("several are changed at once as the preview says, and whoever has its list open hears of it within a second", async () => {
      const records = [await made(type), await made(type)];
      const chosen = records.map(({ reference, version }) => ({ reference, version }));
      const heard = await look(`/${type.path}`);
      const { deed, given } = await deedFor(type, records);
      const page = await browser.get(
        `/${type.path}/bulk?${chosen.map((one) => `record=${one.reference}@${one.version}`).join("&")}`,
      );
      assert.equal(page.statusCode, 200);
      assert.ok(page.body.includes(`value="${deed.kind}:${deed.name}"`), `${deed.kind}:${deed.name} is offered`);
      const before = heard.looks();
      for (const one of chosen) {
        const said = await asAdministrator((tx) => previewOf(tx, type, deed, given, one));
        assert.ok(said.outcome && !isNothing(said), said.reason ?? "nothing would change");
        const done = await asAdministrator((tx) => doTo(tx, type, deed, given, one));
        for (const [name, value] of Object.entries(said.outcome.values))
          if (type.fields[name]?.kind.name !== "moment") assert.deepEqual(done.values[name], value, name);
        assert.equal(done.state, said.outcome.state);
        const again = await asAdministrator((tx) => previewOf(tx, type, deed, given, one));
        assert.match(again.reason ?? "", /^Someone else changed it since you looked\.$|is not possible while it is/);
      }
      for (const end = Date.now() + 1000; heard.looks() === before && Date.now() < end;) await rest(10);
      assert.ok(heard.looks() > before, "nobody was told");
      heard.close();
    });

    test("each permission allows just what it says, as far as its scope reaches", () => permissions(type));

    test("a field that the organisation adds to it is kept, changed, listed and told", async () => {
      const own = await asAdministrator(async (tx) => {
        const AddedField = tx.registry.types.get("added_field")!;
        const label = `Badge of ${type.label.many.toLowerCase()}`;
        return create(tx, AddedField, { label, recordType: type.name, kind: "whole-number" });
      });
      const name = String(own.values["name"]);
      const { id } = await made(type);
      await world.system(async (tx) => {
        const extended = tx.registry.types.get(type.name)!;
        const changed = await change(tx, extended, id, "any", { [name]: 41 }, { trusted: true });
        assert.equal(changed.values[name], 41);
        const found = await list(tx, extended, { where: { [name]: ["41"] }, sort: name });
        assert.deepEqual(
          found.items.map((item) => item.id),
          [id],
        );
        const lines = await timeline(tx, changed, { limit: 20 });
        assert.ok(lines.some(({ body }) => body?.changes?.[name]?.to === 41));
      });
    });
  });
}

test("what is personal is in no log, even when the database refuses the row and says why", async () => {
  // What only the product makes is made by no form.
  const personal = types
    .filter(({ productOnly }) => !productOnly)
    .flatMap((type) =>
      storedFields(type.fields)
        .filter(({ field }) => field.options.personal)
        .slice(0, 1)
        .map(({ name, column }) => ({ type, name, column })),
    );
  assert.ok(personal.length > 0);
  const browser = await world.as(administrator);
  for (const { type, name, column } of personal) {
    const values = await world.system((tx) => valuesFor(tx, type, type.views.form));
    const written = Object.entries(type.fields)
      .filter(([field, { options }]) => options.personal && values[field] !== undefined)
      .map(([field]) => String(values[field]));
    await world.ownerPool.query(
      `alter table ${type.name} add constraint nobody check (${columnName(name)} is null) not valid`,
    );
    assert.equal(columnName(name), column);
    const form = Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => typeof value === "string")
        .flatMap(([field, value]) => {
          const { kind, options } = type.fields[field]!;
          const control = kind.input(options, value);
          return control.widget === "date-time"
            ? (["day", "month", "year", "time"] as const).map((part) => [`${field}-${part}`, control[part]])
            : [[field, String(value)]];
        }),
    );
    const answer = await browser.post(`/${type.path}/new`, form, { from: `/${type.path}/new` });
    // Row level security already keeps PostgreSQL from repeating a row to the app; the owner, whom jobs work as, is told it.
    const told = await world.ownerPool
      .query(`insert into ${type.name} (organisation_id, id, ${column}) values ($1, uuidv7(), $2)`, [
        administrator.organisationId,
        String(values[name]),
      ])
      .catch((error: unknown) => error);
    assert.ok(told instanceof Error && "detail" in told && String(told.detail).includes(String(values[name])));
    world.parts.log.error({ err: told }, "a job failed");
    await world.ownerPool.query(`alter table ${type.name} drop constraint nobody`);
    assert.equal(answer.statusCode, 500, words(answer));
    assert.match(logged, /"code":"23514"/);
    for (const value of written) assert.ok(!logged.includes(value), `${type.name}: “${value}” is in the log`);
    assert.ok(!logged.includes("Failing row"));
  }
});

test("of every type that can be disposed of, what is due is destroyed with a certificate, and what is held stays", async () => {
  const parts = { ownerPool: world.ownerPool, registry: world.registry };
  const schedules = typeNamed(world.registry, "retention_schedule");
  const disposals = typeNamed(world.registry, "disposal");
  // Somebody who is given an account anew is signed in nowhere else any more.
  const reader = await world.as(administrator);
  await world.ownerPool.query("update records set closed_at = now() where type = 'retention_schedule'");
  const schedule = (type: RecordType) => ({
    name: type.label.many,
    recordType: type.name,
    countsFrom: "closed",
    years: 1,
    authority: "Limitation Act 1980",
  });
  for (const type of types.filter((one) => !disposable(one)))
    await assert.rejects(
      asAdministrator((tx) => create(tx, schedules, schedule(type))),
      refused("invalid"),
      type.name,
    );
  const each: { type: RecordType; gone: Stored; held: Stored }[] = [];
  for (const type of types.filter(disposable)) {
    each.push({ type, gone: await made(type), held: await made(type) });
    await asAdministrator((tx) => create(tx, schedules, schedule(type)));
  }
  assert.ok(each.length > 2);
  const ids = each.flatMap(({ gone, held }) => [gone.id, held.id]);
  // Only these are due: what other tests closed is open to this one.
  await world.ownerPool.query("update records set closed_at = null where type = any ($1) and not id = any ($2)", [
    each.map(({ type }) => type.name),
    ids,
  ]);
  await world.ownerPool.query("update records set closed_at = now() - interval '2 years' where id = any ($1)", [ids]);
  assert.equal(await findDue(parts), each.length);
  const listed = await asAdministrator((tx) => list(tx, disposals, { states: ["listed"], limit: 200 }));
  await asAdministrator(async (tx) => {
    const hold = { name: "A claim", reason: "Court asks" };
    const records = each.map(({ held }) => ({ reference: held.reference }));
    await create(tx, typeNamed(tx.registry, "legal_hold"), { ...hold, records });
    for (const { id, values } of listed.items)
      if (values["authority"] === "Limitation Act 1980") await move(tx, disposals, id, "any", "approve", {});
  });
  assert.equal(await disposeApproved({ ...parts, filesFolder: world.filesFolder }), each.length);
  for (const { type, gone, held } of each) {
    const disposal = listed.items.find(
      ({ values }) => values["recordType"] === type.name && values["authority"] === "Limitation Act 1980",
    );
    const certificate = words(await reader.get(`/disposals/${disposal?.reference}/records`));
    assert.match(certificate, new RegExp(`Certificate of disposal.*${gone.reference} Destroyed`), type.name);
    assert.match(certificate, new RegExp(`${held.reference}.*Held Under the legal hold HOLD-`), type.name);
    assert.equal((await asAdministrator((tx) => find(tx, type, held.id))).title, held.title);
    const { rows } = await world.ownerPool.query("select to_jsonb(t)::text as row from records t where id = $1", [
      gone.id,
    ]);
    assert.ok(!JSON.stringify(rows).includes(gone.title), type.name);
  }
});
