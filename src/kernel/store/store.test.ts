import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { aTeam, personWith } from "../../../test/grants.ts";
import type { Given } from "../../../test/grants.ts";
import { addSpecimens, Specimen } from "../../../test/specimen.ts";
import type { SpecimenWorld } from "../../../test/specimen.ts";
import { createWorld } from "../../../test/world.ts";
import type { World } from "../../../test/world.ts";
import { Refusal } from "../errors.ts";
import type { Scope, Who } from "../transaction.ts";
import { change } from "./change.ts";
import { resolveLinks } from "./check-links.ts";
import { create } from "./create.ts";
import { find } from "./find.ts";
import { count, list } from "./list.ts";
import type { ListQuery } from "./list.ts";
import { move } from "./move.ts";
import { mended, search } from "./search.ts";
import { submitOnce } from "./submission.ts";
import { timeline } from "./timeline.ts";

let world: World;
let specimens: SpecimenWorld;
let keeper: Who;
let plain: Who;

/** A person who holds exactly these permissions. */
const holding = (grants: readonly Given[], options: { teams?: readonly string[] } = {}) =>
  personWith(world, grants, { ...options, registry: specimens.registry });
const everything = ["read", "create", "change", "comment", "internal", "handle", "sign"];

before(async () => {
  world = await createWorld();
  specimens = await addSpecimens(world);
  const registers = ["person", "team"].map((type) => [type, "read", "all"] as const);
  const all = (permissions: readonly string[], scope: Scope = "all") =>
    permissions.map((permission) => ["specimen", permission, scope] as const);
  keeper = await holding([...all(everything), ...registers]);
  plain = await holding([...all(["read", "create", "change"]), ...registers]);
});
after(async () => {
  await specimens.store.close();
  await world.close();
});

const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;

describe("lines", () => {
  type Lines = readonly { id: string; number: number; heading: string; order: number | null }[];
  const linesOf = (values: Readonly<Record<string, unknown>>) => values["lines"] as Lines;

  test("keep their number for life, in whatever order they come to stand, and one that goes is not used again", async () => {
    const made = await specimens.store.as(keeper, (tx) =>
      create(tx, Specimen, { text: "Lines", lines: [{ heading: "a" }, { heading: "b" }, { heading: "c" }] }),
    );
    const [a, b, c] = linesOf(made.values);
    const turned = await specimens.store.as(keeper, (tx) =>
      change(tx, Specimen, made.id, made.version, { lines: [c, { heading: "d", order: 7 }, a] }),
    );
    assert.deepEqual(
      linesOf(turned.values).map(({ heading, number }) => [heading, number]),
      [
        ["c", 3],
        ["d", 4],
        ["a", 1],
      ],
    );
    const without = await specimens.store.as(keeper, (tx) =>
      change(tx, Specimen, made.id, turned.version, { lines: [linesOf(turned.values)[0]] }),
    );
    const again = await specimens.store.as(keeper, (tx) =>
      change(tx, Specimen, made.id, without.version, { lines: [...linesOf(without.values), { heading: "e" }] }),
    );
    assert.deepEqual(
      linesOf(again.values).map(({ heading, number }) => [heading, number]),
      [
        ["c", 3],
        ["e", 5],
      ],
    );
    await assert.rejects(
      specimens.store.as(keeper, (tx) => change(tx, Specimen, made.id, again.version, { lines: [b] })),
      refused("invalid"),
    );
  });

  test("ask for a field where another of the same line says so, and neither need nor take it where it does not", async () => {
    const make = (line: Readonly<Record<string, unknown>>) =>
      specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Letters", lines: [{ heading: "a" }, line] }));
    const post = { heading: "b", how: "post", address: "1 High Street", signed: true };
    const made = await make(post);
    assert.equal((made.values["lines"] as { address: string }[])[1]?.address, "1 High Street");
    await make({ heading: "b", how: "hand", signed: false, address: null });
    for (const [line, message] of [
      [{ ...post, address: null }, "Line 2: enter address"],
      [{ heading: "b", how: "post" }, "Line 2: enter address"],
      [{ ...post, how: "hand" }, "Line 2: address is asked for only where “How” is “By post”. Leave it out"],
      [
        { heading: "b", signed: false },
        "Line 2: signed for is asked for only where “How” is “By post” or “By hand”. Leave it out",
      ],
    ] as const)
      await assert.rejects(make(line), (error) => {
        assert.ok(error instanceof Refusal);
        assert.deepEqual(error.problems, [{ field: "lines", message }]);
        return true;
      });
    // As a cell of a file has it.
    const { kind, options } = Specimen.fields["lines"]!;
    assert.deepEqual(kind.schema(options).safeParse(kind.fromText(options, JSON.stringify([post]))).success, true);
  });

  test("of another record are not taken over", async () => {
    const [one, two] = await Promise.all(
      ["One", "Two"].map((text) =>
        specimens.store.as(keeper, (tx) => create(tx, Specimen, { text, lines: [{ heading: text }] })),
      ),
    );
    await assert.rejects(
      specimens.store.as(keeper, (tx) => change(tx, Specimen, one!.id, one!.version, { lines: linesOf(two!.values) })),
      refused("invalid"),
    );
    await assert.rejects(
      specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Three", lines: linesOf(two!.values) })),
      refused("invalid"),
    );
  });
});

describe("links", () => {
  test("are kept as given, read from the record, and found by reference or exact name", async () => {
    const [ann, bo] = await Promise.all(["Ann Bell", "Bo Cole"].map((name) => world.person(name, "staff")));
    const made = await specimens.store.as(keeper, async (tx) =>
      create(
        tx,
        Specimen,
        await resolveLinks(tx, Specimen, {
          text: "Links",
          colleagues: ["ann bell", bo!.personId.toUpperCase()],
          otherTeam: "Service desk",
        }),
      ),
    );
    assert.deepEqual([...(made.values["colleagues"] as string[])].sort(), [ann!.personId, bo!.personId].sort());
    assert.equal(made.values["otherTeam"], world.council.team);
    const fewer = await specimens.store.as(keeper, (tx) =>
      change(tx, Specimen, made.id, made.version, { colleagues: [bo!.personId] }),
    );
    assert.deepEqual(fewer.values["colleagues"], [bo!.personId]);
    const none = await specimens.store.as(keeper, (tx) =>
      change(tx, Specimen, made.id, fewer.version, { colleagues: [] }),
    );
    assert.deepEqual(none.values["colleagues"], []);
  });

  test("to a record of another type are refused", async () => {
    await assert.rejects(
      specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "x", colleagues: [world.council.team] })),
      refused("invalid"),
    );
    await assert.rejects(
      specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "x", link: keeper.personId })),
      (error) => refused("invalid")(error),
    );
  });
});

describe("a reference", () => {
  test("starts again each year and holds the year in London", async () => {
    const made = async (now: string) =>
      (
        await specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Year" }), {
          now: Temporal.Instant.from(now),
        })
      ).reference;
    assert.equal(await made("2031-12-31T23:59:59Z"), "SPE-2031-001");
    assert.equal(await made("2032-01-01T00:00:00Z"), "SPE-2032-001");
    assert.equal(await made("2031-06-30T23:30:00Z"), "SPE-2031-002");
  });
});

describe("lists", () => {
  test("walk through every record once, by every sort, forwards and back, whatever is empty", async () => {
    const who = await holding([
      ["specimen", "read", "own"],
      ["specimen", "create", "all"],
      ["specimen", "change", "all"],
      ["team", "read", "all"],
      ["person", "read", "all"],
    ]);
    const value = fc.record(
      {
        money: fc.option(fc.integer({ min: -5, max: 5 })),
        decimal: fc.option(fc.double({ min: -2, max: 2, noNaN: true })),
        date: fc.option(fc.constantFrom("2026-01-01", "2026-06-01")),
        moment: fc.option(fc.constantFrom("2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.123Z")),
        yesNo: fc.option(fc.boolean()),
        line: fc.option(fc.constantFrom("a", "A", "b", "é")),
        choice: fc.option(fc.constantFrom("red", "green")),
      },
      { noNullPrototype: true },
    );
    const values = fc.sample(value, 23);
    for (const [at, given] of values.entries())
      await specimens.store.as(who, (tx) => create(tx, Specimen, { text: `Row ${at % 5}`, ...given }));
    await specimens.store.as(who, async (tx) => {
      for (const sort of [
        "reference",
        "state",
        "due",
        "opened",
        "updated",
        "closed",
        "text",
        "money",
        "decimal",
        "date",
        "moment",
        "yesNo",
        "line",
        "choice",
      ].flatMap((name) => [name, `-${name}`])) {
        const query: ListQuery = { sort, limit: 4 };
        const pages: string[][] = [];
        let page = await list(tx, Specimen, query);
        for (;;) {
          pages.push(page.items.map(({ id }) => id));
          if (!page.nextCursor) break;
          page = await list(tx, Specimen, { ...query, cursor: page.nextCursor });
        }
        const forwards = pages.flat();
        assert.deepEqual([forwards.length, new Set(forwards).size], [values.length, values.length], sort);
        const back = [pages.at(-1)!];
        while (page.previousCursor) {
          page = await list(tx, Specimen, { ...query, cursor: page.previousCursor });
          back.unshift(page.items.map(({ id }) => id));
        }
        assert.deepEqual(back.flat(), forwards, `${sort}, back`);
      }
      assert.equal(await count(tx, Specimen, {}), values.length);
    });
  });

  test("refuse what they do not understand, and never fail", async () => {
    const odd = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "text",
        "money",
        "-money",
        "constructor",
        "__proto__",
        "date-from",
        "opened-to",
        "yesNo",
        "money-from",
        "person",
        "secret",
        "computed",
        "lines",
        "none",
        "me",
        "2026-02-30",
        "1e999",
        "-0",
        "9".repeat(40),
        "*",
        "%",
        "\\",
      ),
    );
    const cursor = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.oneof(fc.string({ unit: "binary" }), fc.constant(null), fc.constant("infinity")),
          fc.oneof(fc.uuid(), fc.constant("-".repeat(36))),
          fc.boolean(),
        )
        .map((parts) => Buffer.from(JSON.stringify(parts)).toString("base64url")),
    );
    const query = fc.record(
      {
        where: fc.dictionary(odd, fc.array(odd, { maxLength: 3 }), { maxKeys: 2 }),
        search: odd,
        show: fc.constantFrom("open", "closed", "all"),
        states: fc.array(odd, { maxLength: 2 }),
        sort: odd,
        cursor,
        limit: fc.integer(),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(query, async (given) => {
        await specimens.store
          .as(plain, (tx) => list(tx, Specimen, given))
          .catch((error: unknown) =>
            assert.ok(refused("invalid")(error), `${JSON.stringify(given)}: ${String(error)}`),
          );
      }),
      { numRuns: 150 },
    );
  });

  test("are not narrowed or sorted by what officers keep among themselves, but for those who read it", async () => {
    await specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Kept", secret: "walrus" }));
    assert.equal(await specimens.store.as(keeper, (tx) => count(tx, Specimen, { where: { secret: ["walrus"] } })), 1);
    assert.equal((await specimens.store.as(keeper, (tx) => search(tx, "walrus"))).matches, 1);
    await assert.rejects(
      specimens.store.as(plain, (tx) => count(tx, Specimen, { where: { secret: ["walrus"] } })),
      refused("invalid"),
    );
    await assert.rejects(
      specimens.store.as(plain, (tx) => list(tx, Specimen, { sort: "secret" })),
      refused("invalid"),
    );
    assert.equal((await specimens.store.as(plain, (tx) => search(tx, "walrus"))).matches, 0);
  });
});

test("hostile references, searches and names of moves are refused or find nothing, and never fail", async () => {
  const record = await specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Target" }));
  const odd = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.constantFrom(
      "' or 1=1",
      "a & | ! <-> b:*",
      '"""',
      "-",
      "or",
      "constructor",
      "hold\u0000",
      "((((",
      "\\",
      "x".repeat(500),
      "SPE-2031-001 ",
    ),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (text) => {
      await specimens.store.as(keeper, async (tx) => {
        await search(tx, text);
        await mended(tx, text);
        await resolveLinks(tx, Specimen, {
          person: text,
          colleagues: [text],
          lines: [{ heading: text }],
          [text]: text,
        });
      });
      await assert.rejects(
        specimens.store.as(keeper, (tx) => find(tx, Specimen, text)),
        refused("unseen"),
      );
      await assert.rejects(
        specimens.store.as(keeper, (tx) => move(tx, Specimen, record.id, record.version, text, {})),
        refused("unseen"),
      );
    }),
    { numRuns: 60 },
  );
});

test("two changes of one version at once: one is made, the other refused as stale, and nothing is half done", async () => {
  const made = await specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Race", money: 1 }));
  const answers = await Promise.allSettled(
    ["One", "Two", "Three"].map((text) =>
      specimens.store.as(keeper, (tx) =>
        change(tx, Specimen, made.id, made.version, { text, lines: [{ heading: text }] }),
      ),
    ),
  );
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
  for (const answer of answers) if (answer.status === "rejected") assert.ok(refused("stale")(answer.reason));
  const { now, events } = await specimens.store.as(keeper, async (tx) => ({
    now: await find(tx, Specimen, made.id),
    events: await timeline(tx, made),
  }));
  assert.deepEqual([now.version, (now.values["lines"] as object[]).length, events.length], [2, 1, 2]);
  assert.equal(now.title, (now.values["lines"] as { heading: string }[])[0]?.heading);
});

test("the same submission twice at once makes one record, and the same key for something else is refused", async () => {
  const send = (text: string) =>
    specimens.store.as(keeper, (tx) =>
      submitOnce(tx, "a-key-of-a-form", { text }, async () => {
        const made = await create(tx, Specimen, { text });
        return { status: 303, location: made.reference, recordId: made.id };
      }),
    );
  const [first, second] = await Promise.all([send("Twice"), send("Twice")]);
  assert.equal(first.recordId, second.recordId);
  assert.deepEqual([first.repeated, second.repeated].sort(), [false, true]);
  assert.equal(await specimens.store.as(keeper, (tx) => count(tx, Specimen, { where: { text: ["twice"] } })), 1);
  await assert.rejects(send("Another"), refused("invalid"));
});

test("what was refused is not remembered, and can be sent again with the same key", async () => {
  const send = (text: string) =>
    specimens.store.as(keeper, (tx) =>
      submitOnce(tx, "a-second-key", { text: "same" }, async () => {
        const made = await create(tx, Specimen, { text });
        return { status: 303, location: made.reference, recordId: made.id };
      }),
    );
  await assert.rejects(send(""), refused("invalid"));
  assert.equal((await send("In order")).repeated, false);
});

test("a move's own comment needs no permission beside the move's, even where it is for officers alone", async () => {
  const signer = await holding([
    ["specimen", "read", "all"],
    ["specimen", "sign", "all"],
  ]);
  const made = await specimens.store.as(keeper, (tx) => create(tx, Specimen, { text: "Signed" }));
  await assert.rejects(
    specimens.store.as(signer, (tx) => move(tx, Specimen, made.id, made.version, "finish", {})),
    refused("invalid"),
  );
  const done = await specimens.store.as(signer, (tx) =>
    move(tx, Specimen, made.id, made.version, "finish", { comment: "All in order" }),
  );
  assert.ok(done.closedAt);
  assert.deepEqual(
    (await specimens.store.as(keeper, (tx) => timeline(tx, made))).map(({ verb, audience }) => [verb, audience]),
    [
      ["created", "everyone"],
      ["moved", "everyone"],
      ["commented", "internal"],
    ],
  );
  assert.equal((await specimens.store.as(signer, (tx) => timeline(tx, made))).length, 2);
});

test("a record handed out of sight is given back as it was left", async () => {
  const team = await aTeam(world, "Near");
  const far = await aTeam(world, "Far");
  const near = await holding(
    [...everything.map((permission) => ["specimen", permission, "team"] as const), ["team", "read", "all"]],
    { teams: [team] },
  );
  const made = await specimens.store.as(keeper, (tx) =>
    create(tx, Specimen, { text: "Parcel", team, lines: [{ heading: "kept" }] }),
  );
  const handed = await specimens.store.as(near, (tx) =>
    move(tx, Specimen, made.id, made.version, "hand", { team: far }),
  );
  assert.deepEqual([handed.teamId, handed.version], [far, made.version + 1]);
  await assert.rejects(
    specimens.store.as(near, (tx) => find(tx, Specimen, made.id)),
    refused("unseen"),
  );
  assert.equal((await specimens.store.as(keeper, (tx) => find(tx, Specimen, made.id))).teamId, far);
});
