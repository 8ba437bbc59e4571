import pino from "pino";
import { Refusal } from "../../src/kernel/errors.ts";
import { registry } from "../../src/records.ts";
import type { RecordType } from "../../src/kernel/record.ts";
import { change } from "../../src/kernel/store/change.ts";
import { create } from "../../src/kernel/store/create.ts";
import { find } from "../../src/kernel/store/find.ts";
import { move } from "../../src/kernel/store/move.ts";
import { timeline } from "../../src/kernel/store/timeline.ts";
import type { Stored, Tx, Who } from "../../src/kernel/transaction.ts";
import { contentHash } from "../../src/modules/rights/public/publishing/handling.ts";
import { logSerializers } from "../../src/web/log.ts";
import { apiClient } from "../api-world.ts";
import type { ApiClient } from "../api-world.ts";
import { personWith } from "../grants.ts";
import { valuesFor } from "../values.ts";
import { createImportWorld } from "../import-world.ts";
import type { ImportWorld } from "../import-world.ts";
import type { Browser } from "../web-world.ts";

// What every type is looked at in, and by whom: there once `begin` has ended.
export let world: ImportWorld;
export let browser: Browser;
export let asker: Browser;
export let administrator: Who;
export let someoneElse: Who;
export let program: ApiClient;
export let logged = "";

/** Makes the world in which every type is looked at. */
export async function begin(): Promise<void> {
  world = await createImportWorld({
    log: pino({ level: "info", serializers: logSerializers }, { write: (line: string) => void (logged += line) }),
  });
  administrator = await world.person("Ada Min", "administrator");
  someoneElse = await world.person("Elsie Else", "staff");
  browser = await world.as(administrator);
  program = await apiClient(world, administrator, ["admin"]);
  asker = await world.as(
    await personWith(
      world,
      types.map((type) => [type.name, type.access.create.permission, "all"] as const),
    ),
  );
}
export const types = [...registry.types.values()];
/** What a record holds of these fields and what its timeline last told of them, without what differs from one record to the next. */
export const standing = (type: RecordType, { id }: Stored, names: Readonly<Record<string, unknown>>) =>
  asAdministrator(async (tx) => {
    const { values, state, version, title, sensitivity } = await find(tx, type, id);
    const events = await timeline(tx, { id, type: type.name });
    const { changes, ...body } = events.at(-1)?.body ?? {};
    const held = Object.keys(names).map((name) => [name, values[name], changes?.[name]?.to]);
    const said = { held, state, version, title, sensitivity, verb: events.at(-1)?.verb, body };
    return JSON.parse(JSON.stringify(said, (key, value: unknown) => (key === "id" ? undefined : value))) as unknown;
  });
export const refused = (kind: string) => (error: unknown) => error instanceof Refusal && error.kind === kind;
export const asAdministrator = <Result>(work: (tx: Tx) => Promise<Result>) => world.store.as(administrator, work);
export const made = async (type: RecordType, more: Record<string, unknown> = {}) => {
  const record = await world.system(async (tx) =>
    create(
      tx,
      type,
      { ...(await valuesFor(tx, type)), ...(type.fields["owner"] ? { owner: someoneElse.personId } : {}), ...more },
      { trusted: true },
    ),
  );
  if (makings[type.name] !== undefined) await world.ownerPool.query(makings[type.name]!);
  return record;
};
/** What people can make more of only while what it belongs to is so. */
const makings: Readonly<Record<string, string>> = {
  policy_comment: `with every as (update policy set consulted = null, consult_until = null)
    update records set state = 'consultation' where type = 'policy' and closed_at is null`,
  policy_exception: "update policy set edition = 1 where edition is null",
};

/** What must be there before a move can be made, of types whose records are made with more than their values. */
const readies: Record<string, (record: Stored) => Promise<unknown>> = {
  "disposal approve": ({ id }) =>
    world.ownerPool.query(
      `insert into disposal_items (organisation_id, disposal_id, record_id, reference, due_on)
        select organisation_id, id, id, reference, now() from records where id = $1`,
      [id],
    ),
  "hypercare hand_over": ({ id }) =>
    world.ownerPool.query("update hypercare_criteria set result = 'met', evidence = 'Seen' where parent_id = $1", [id]),
  "quality_review score": ({ id }) =>
    world.ownerPool.query("update quality_review set officer = $2 where id = $1", [id, someoneElse.personId]),
  // The rule of its queue needs somebody to whom it can give it, at any hour.
  "ticket assign_by_rule": ({ values }) =>
    world.system(async (tx) => {
      const members = [{ member: someoneElse.personId }];
      await change(tx, registry.types.get("team")!, world.council.team, "any", { members }, { trusted: true });
      const given = { assignment: "load", team: world.council.team, calendar: null };
      await change(tx, registry.types.get("queue")!, String(values["queue"]), "any", given, { trusted: true });
    }),
  "change_request use_template": ({ values }) =>
    world.ownerPool.query("update records set state = 'authorised' where id = $1", [values["template"]]),
};
readies["survey open"] = async () => {
  await world.ownerPool.query("update audience set everyone = true");
  for (let at = 0; at < 10; at++) await world.person(`Asked ${at}`, "staff");
};
readies["survey remind"] = ({ id }) =>
  world.ownerPool.query("update survey set reminded_on = null where id = $1", [id]);
readies["policy supersede"] = ({ id }) =>
  world.ownerPool.query("update records set state = 'published' where type = 'policy' and id <> $1", [id]);
// Only what is late says why it is.
for (const name of ["members_question", "information_complaint", "data_breach"])
  readies[`${name} explain`] = ({ id }) =>
    world.ownerPool.query("update records set next_due_at = now() - interval '1 day' where id = $1", [id]);
const signature = (signed: boolean) => (record: Stored) =>
  world.ownerPool.query(
    `insert into agreed_text_signatures (organisation_id, parent_id, position, role, signer, signed_by, hash)
       select organisation_id, id, 0, 'Legal', $2::uuid, case when $3 then $2::uuid end, case when $3 then words_hash end
       from agreed_text where id = $1`,
    [record.id, administrator.personId, signed],
  );
readies["agreed_text send"] = signature(true);
readies["person mail_arrives"] = ({ id }) =>
  world.ownerPool.query("update person set address_bounces = true where id = $1", [id]);
for (const name of ["release", "add"])
  readies[`inbound_message ${name}`] = ({ id }) =>
    world.ownerPool.query(
      `with file as (insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256, internal)
         select organisation_id, id, 'message.eml', 'text/plain', 1, sha256(id::text::bytea), true from records where id = $1 returning *)
       update inbound_message m set raw = file.id from file where m.id = file.record_id`,
      [id],
    );
for (const [name, field] of [
  ["make", "original"],
  ["finish", "copy"],
])
  readies[`redaction ${name}`] = ({ id }) =>
    world.ownerPool.query(
      `with file as (insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256)
         select organisation_id, id, 'letter.pdf', 'application/pdf', 1, sha256(id::text::bytea) from records where id = $1 returning *)
       update redaction r set ${field} = file.id from file where r.id = file.record_id`,
      [id],
    );
for (const type of ["data_protection_request", "members_question", "information_complaint"])
  readies[`${type} acknowledge`] = ({ id }) =>
    world.ownerPool.query(`update ${type} set acknowledged_on = null where id = $1`, [id]);
// What passed the check is just what stands there.
readies["publication passed"] = async (record) => {
  const hash = await world.system((tx) => contentHash(tx, record));
  await world.ownerPool.query("update publication set passed_hash = $2 where id = $1", [record.id, hash]);
};
const asksOf =
  (column: "owner_id" | "requester_id") =>
  ({ id }: Stored) =>
    world.ownerPool.query(`update records set ${column} = $2 where id = $1`, [id, administrator.personId]);
/** Moves that one person makes and nobody else, whatever a role says, and what makes the administrator that person. */
export const personsOwn: typeof readies = {
  "agreed_text sign": signature(false),
  "approval approve": asksOf("owner_id"),
  "approval decline": asksOf("owner_id"),
  "policy_comment take_back": asksOf("requester_id"),
  "policy_exception withdraw": asksOf("requester_id"),
  "attestation confirm": async (record) => {
    const policy = registry.types.get("policy")!;
    const publication = { change: "material", changeReason: "The first", reviewOn: "2040-01-01" };
    const version = await world.system(async (tx) => {
      const clauses = [{ heading: "One", text: "Say so" }];
      const { id } = await create(tx, policy, { title: "To be read", clauses }, { trusted: true });
      await move(tx, policy, id, "any", "approve", {});
      return move(tx, policy, id, "any", "publish", publication);
    });
    const given = [record.id, version.id, version.values["wordsHash"]];
    await world.ownerPool.query(
      "update attestation set policy = $2, edition = 1, words_hash = $3 where id = $1",
      given,
    );
    await asksOf("owner_id")(record);
  },
  // Whoever wrote it, or has it, does not overrule what was found in it.
  "publication overrule": ({ id }) =>
    world.ownerPool.query("update publication set findings = 'In the text: one phone number' where id = $1", [id]),
  "ticket rate": async (record) => {
    await world.ownerPool.query("update ticket set rating = null where id = $1", [record.id]);
    await asksOf("requester_id")(record);
  },
};
// News of an incident is another kind of message than those that the other moves are for.
for (const name of ["follow", "close"])
  personsOwn[`broadcast ${name}`] = async ({ id }) => {
    const type = registry.types.get("major_incident")!;
    const incident = await world.system((tx) => create(tx, type, { title: "No telephones" }, { trusted: true }));
    if (name === "close")
      await world.system((tx) => move(tx, type, incident.id, "any", "stand_down", { comment: "None" }));
    await world.ownerPool.query(
      "update broadcast set kind = 'incident', major_incident = $2, on_status = null, closing = null where id = $1",
      [id, incident.id],
    );
  };
// The other moves of a complaint are for one that the regulator has; the desk has none of those.
personsOwn["information_complaint to_desk"] = ({ id }) =>
  world.ownerPool.query("update information_complaint set kind = 'data' where id = $1", [id]);
export const ready = (type: RecordType, name: string, record: Stored) =>
  (readies[`${type.name} ${name}`] ?? personsOwn[`${type.name} ${name}`])?.(record);
/** Whether nobody makes and changes such records but the product, and so this is not for people. */
export const notForPeople = (type: RecordType, permission: string) =>
  type.productOnly && ["create", "change"].includes(permission);
