import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createWorld } from "../../../../test/world.ts";
import type { World } from "../../../../test/world.ts";
import { Refusal } from "../../../kernel/errors.ts";
import { sealAll } from "../../../kernel/memory/seal.ts";
import { verify } from "../../../kernel/memory/verify.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { find } from "../../../kernel/store/find.ts";
import { search } from "../../../kernel/store/search.ts";
import { timeline } from "../../../kernel/store/timeline.ts";
import type { TimelineEvent } from "../../../kernel/store/timeline.ts";
import type { Stored } from "../../../kernel/transaction.ts";
import { zipOf } from "../import/slice.fixture.ts";
import { moveIn, movedInText } from "./bring-in.ts";
import type { MovedIn } from "./bring-in.ts";
import { glpi, zammad } from "./exports.fixture.ts";
import { sources } from "./sources.ts";

let world: World;
let folder: string;
const now = Temporal.Instant.from("2026-03-02T10:00:00Z");

before(async () => {
  world = await createWorld();
  folder = await mkdtemp(join(tmpdir(), "reeve-moving-"));
});
after(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

async function bring(name: string, file: string, content: string | Buffer): Promise<MovedIn> {
  const path = join(folder, file);
  await writeFile(path, content);
  return moveIn({
    ownerPool: world.ownerPool,
    registry: world.registry,
    organisationId: world.council.organisationId,
    found: (other) => world.another(other),
    source: sources.find((source) => source.name === name)!,
    file: path,
    progress: () => {},
    now,
  });
}

/** A ticket by its number in the other tool, with its timeline and the names of what it leads to. */
async function moved(
  number: string,
): Promise<{ ticket: Stored; events: TimelineEvent[]; named: Record<string, string> }> {
  const { rows } = await world.ownerPool.query<{ id: string }>(
    "select id from ticket where organisation_id = $1 and source_reference = $2",
    [world.council.organisationId, number],
  );
  return world.system(async (tx) => {
    const ticket = await find(tx, typeNamed(tx.registry, "ticket"), rows[0]!.id);
    const named: Record<string, string> = {};
    for (const [field, type] of [
      ["queue", "queue"],
      ["category", "category"],
      ["owner", "person"],
      ["requester", "person"],
    ] as const)
      if (typeof ticket.values[field] === "string")
        named[field] = (await find(tx, typeNamed(tx.registry, type), ticket.values[field])).title;
    return { ticket, named, events: await timeline(tx, ticket) };
  });
}

const told = (events: readonly TimelineEvent[]) =>
  events.map(({ at, verb, audience, actorName, body }) =>
    [
      at.slice(0, 16),
      verb,
      audience === "internal" ? "internal" : "",
      actorName ?? "",
      body?.state ?? body?.text ?? "",
    ].join("|"),
  );

test("Zammad: each article, who wrote it and who may read it, and every change at its time", async () => {
  const came = await bring("zammad", "zammad.json", JSON.stringify(zammad));
  assert.deepEqual([came.made, came.here, came.comments, came.complete], [1, 0, 2, true]);
  assert.deepEqual(came.notUnderstood, [{ row: "31008", why: "it has no created_at" }]);
  const { ticket, events, named } = await moved("31007");
  assert.equal(ticket.title, "Cannot print");
  assert.equal(ticket.values["details"], "The printer blinks.\nPlease help & soon");
  assert.deepEqual(
    [ticket.state, ticket.values["priority"], ticket.closedAt],
    ["closed", 2, "2025-11-05T12:00:00.000Z"],
  );
  assert.deepEqual(named, { queue: "Users", owner: "Agnes Agent", requester: "Nicole Braun" });
  assert.deepEqual(told(events), [
    "2025-11-03T09:00|created||Nicole Braun|new",
    "2025-11-03T10:10|moved||Agnes Agent|assigned",
    "2025-11-03T10:10|changed||Agnes Agent|",
    "2025-11-03T10:15|commented|internal|Agnes Agent|Ask the platypus supplier",
    "2025-11-03T10:20|commented||Agnes Agent|A marmalade engineer comes at two",
    "2025-11-04T08:00|changed||Agnes Agent|",
    "2025-11-05T12:00|moved||Agnes Agent|closed",
  ]);
});

test("what was said is found by its words, by those who may read it", async () => {
  const officer = await world.person("Ola Officer", "supportOfficer");
  const found = (who: typeof officer, words: string) =>
    world.store.as(who, async (tx) => (await search(tx, words)).matches);
  assert.deepEqual([await found(officer, "marmalade"), await found(officer, "platypus")], [1, 1]);
  const nicole = await world.ownerPool.query<{ id: string }>(
    "select id from records where type = 'person' and title = 'Nicole Braun'",
  );
  // A contact is not active until somebody gives them an account.
  await assert.rejects(found({ ...officer, personId: nicole.rows[0]!.id }, "marmalade"), /no longer active/);
});

test("GLPI: followups, the solution and the log, at the server's own times", async () => {
  const files = Buffer.from(JSON.stringify(glpi));
  const came = await bring("glpi", "glpi.zip", zipOf("export.json", files.toString("utf8")));
  assert.deepEqual([came.made, came.notUnderstood], [1, []]);
  const { ticket, events, named } = await moved("12");
  assert.deepEqual(
    [ticket.state, ticket.values["kind"], ticket.values["priority"], ticket.values["impact"], ticket.values["urgency"]],
    ["resolved", "request", 2, 3, 1],
  );
  assert.equal(ticket.values["details"], "Second screen, please");
  assert.equal(ticket.values["resolution"], "Delivered");
  assert.deepEqual(named, { queue: "Field team", category: "Screens", owner: "Tara Tech", requester: "Norma Normal" });
  assert.deepEqual(told(events), [
    // British summer time: an hour before in UTC.
    "2025-07-01T08:00|created||Norma Normal|new",
    "2025-07-02T09:00|commented||Tara Tech|Ordered",
    "2025-07-02T09:05|moved||Tara Tech|waiting_user",
    "2025-07-03T15:00|moved|||resolved",
  ]);
  const list =
    "\ufeffID;Title;Status;Last update;Opening date;Priority;Requester - Requester;Assigned to - Technician;Category\r\n13;Mouse;Closed;2025-08-02 10:00;2025-08-01 10:00;Medium;normal;tech;Hardware\r\n";
  assert.equal((await bring("glpi", "glpi.csv", list)).made, 1);
  const listed = await moved("13");
  assert.deepEqual(
    [listed.ticket.state, listed.ticket.title, listed.named["category"]],
    ["closed", "Mouse", "Hardware"],
  );
});

test("Request Tracker: correspondence, comments and every transaction; resolved is an end there", async () => {
  const came = await bring(
    "request-tracker",
    "rt.json",
    JSON.stringify({
      tickets: [
        {
          id: 42,
          Subject: "VPN drops",
          Status: "resolved",
          Queue: { id: "3", Name: "Network" },
          Owner: { id: "root" },
          Requestor: [{ id: "alice@example.org" }],
          Created: "2025-02-01T09:00:00Z",
          LastUpdated: "2025-02-03T09:00:00Z",
          Resolved: "2025-02-03T09:00:00Z",
          Priority: "50",
        },
      ],
      transactions: [
        {
          Object: { id: "42" },
          Type: "Create",
          Creator: { id: "alice@example.org" },
          Created: "2025-02-01T09:00:00Z",
          Content: "It drops each hour",
          ContentType: "text/plain",
        },
        {
          Object: { id: "42" },
          Type: "Status",
          Field: "Status",
          OldValue: "new",
          NewValue: "open",
          Creator: { id: "root" },
          Created: "2025-02-01T10:00:00Z",
        },
        {
          Object: { id: "42" },
          Type: "Comment",
          Creator: { id: "root" },
          Created: "2025-02-01T11:00:00Z",
          Content: "Known fault",
          ContentType: "text/plain",
        },
        {
          Object: { id: "42" },
          Type: "Status",
          Field: "Status",
          OldValue: "open",
          NewValue: "resolved",
          Creator: { id: "root" },
          Created: "2025-02-03T09:00:00Z",
        },
      ],
    }),
  );
  assert.deepEqual([came.made, came.comments], [1, 1]);
  const { events, named } = await moved("42");
  assert.deepEqual(named, { queue: "Network", owner: "root", requester: "alice@example.org" });
  assert.deepEqual(told(events), [
    "2025-02-01T09:00|created||alice@example.org|new",
    "2025-02-01T10:00|moved||root|assigned",
    "2025-02-01T11:00|commented|internal|root|Known fault",
    "2025-02-03T09:00|moved||root|closed",
  ]);
  const results =
    "id\tSubject\tStatus\tQueue\tOwner\tRequestors\tCreated\tPriority\n43\tSlow\topen\tNetwork\tNobody in particular\talice@example.org\t2025-02-05 09:00:00\t0\n";
  assert.equal((await bring("request-tracker", "Results.tsv", results)).made, 1);
  assert.deepEqual((await moved("43")).named, { queue: "Network", requester: "alice@example.org" });
});

test("osTicket: the CSV of a list, which has no history", async () => {
  const came = await bring(
    "osticket",
    "tickets.csv",
    '"Ticket Number","Date Created","Subject","From","From Email","Priority","Department","Help Topic","Source","Current Status","Last Updated","Agent Assigned"\n' +
      '"771001","14/10/2025 9:30 AM","Badge lost","Ben Bell","ben@example.org","Emergency","Support","Access / Badges","Web","Open","15/10/2025 10:00 AM",""\n' +
      '"771002","31/13/2025 9:30 AM","Wrong day","Ben Bell","ben@example.org","Low","Support","","Web","Closed","","Ann Ito"\n',
  );
  assert.deepEqual(
    [came.made, came.notUnderstood],
    [1, [{ row: "771002", why: "“31/13/2025 9:30 AM” is not a time" }]],
  );
  const { ticket, named, events } = await moved("771001");
  assert.deepEqual([ticket.state, ticket.values["priority"]], ["new", 1]);
  assert.deepEqual(named, { queue: "Support", category: "Badges", requester: "Ben Bell" });
  assert.deepEqual(told(events), ["2025-10-14T08:30|created||Ben Bell|new"]);
});

test("ServiceNow: the table API with its journal and audit, and the CSV of a list", async () => {
  const both = (value: string, label: string) => ({ value, display_value: label });
  const came = await bring(
    "servicenow",
    "incident.json",
    JSON.stringify({
      incident: [
        {
          sys_id: both("abc", "abc"),
          number: both("INC0010001", "INC0010001"),
          short_description: both("Wifi down", "Wifi down"),
          state: both("6", "Resolved"),
          priority: both("2", "2 - High"),
          impact: both("1", "1 - High"),
          urgency: both("2", "2 - Medium"),
          assignment_group: both("g1", "Network"),
          assigned_to: both("u1", "Beth Anglin"),
          caller_id: both("u2", "Joe Employee"),
          category: both("network", "Network"),
          opened_at: both("2025-09-01 08:00:00", "2025-09-01 09:00:00"),
          sys_updated_on: both("2025-09-01 12:00:00", ""),
          resolved_at: both("2025-09-01 12:00:00", ""),
          close_notes: both("Access point restarted", "Access point restarted"),
        },
      ],
      sys_journal_field: [
        {
          element_id: "abc",
          element: "work_notes",
          value: "Rebooting",
          sys_created_on: "2025-09-01 09:00:00",
          sys_created_by: "beth.anglin",
        },
      ],
      sys_audit: [
        {
          documentkey: "abc",
          fieldname: "state",
          oldvalue: "1",
          newvalue: "2",
          sys_created_on: "2025-09-01 08:30:00",
          user: "beth.anglin",
        },
      ],
      sys_user: [{ sys_id: "u1", user_name: "beth.anglin", name: "Beth Anglin", email: "beth@example.org" }],
    }),
  );
  assert.equal(came.made, 1);
  const { ticket, named, events } = await moved("INC0010001");
  assert.deepEqual(
    [ticket.state, ticket.values["priority"], ticket.values["impact"], ticket.values["resolution"]],
    ["resolved", 2, 1, "Access point restarted"],
  );
  assert.deepEqual(named, { queue: "Network", category: "Network", owner: "Beth Anglin", requester: "Joe Employee" });
  assert.deepEqual(told(events).slice(1), [
    "2025-09-01T08:30|moved||Beth Anglin|assigned",
    "2025-09-01T09:00|commented|internal|Beth Anglin|Rebooting",
    "2025-09-01T12:00|moved|||resolved",
  ]);
  const csv =
    '"Number","Short description","State","Priority","Caller","Assignment group","Opened"\n"INC0010002","Slow","On Hold","4 - Low","Joe Employee","Network","2025-09-02 08:00:00"\n';
  assert.equal((await bring("servicenow", "list.csv", csv)).made, 1);
  assert.equal((await moved("INC0010002")).ticket.state, "waiting_user");
});

test("brought in twice, nothing is there twice, and two tools do not mistake each other's people", async () => {
  const again = await bring("zammad", "zammad.json", JSON.stringify(zammad));
  assert.deepEqual([again.made, again.here, again.complete], [0, 1, true]);
  assert.match(movedInText(again), /1 ticket in the file: 0 made now, 1 here already/);
  const { rows } = await world.ownerPool.query(
    "select count(*)::int as n from person where organisation_id = $1 and email = 'alice@example.org'",
    [world.council.organisationId],
  );
  assert.deepEqual(rows, [{ n: 1 }]);
});

test("what was brought in is proved like everything else", async () => {
  await sealAll(world.ownerPool);
  const { problems, records } = await verify({ ownerPool: world.ownerPool, registry: world.registry });
  assert.deepEqual(problems, []);
  assert.ok(records > 20, String(records));
});

test("a file that is none of these is refused in a sentence", async () => {
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ["empty.json", "{}", /holds no list called tickets\. It holds no list at all/],
    ["two.json", '{"a":[],"b":[]}', /holds no list called tickets\. It holds a, b/],
    ["torn.json", '{"tickets": [', /is not whole JSON/],
    ["nothing.zip", "PK nothing", /zip file cannot be read/],
  ];
  for (const [file, content, why] of refusals)
    await assert.rejects(
      bring("zammad", file, content),
      (error) => error instanceof Refusal && why.test(error.message),
      file,
    );
});
