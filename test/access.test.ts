import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { typeNamed } from "../src/kernel/registry.ts";
import { change } from "../src/kernel/store/change.ts";
import { resolveLinks } from "../src/kernel/store/check-links.ts";
import { comment } from "../src/kernel/store/comment.ts";
import { create } from "../src/kernel/store/create.ts";
import { find } from "../src/kernel/store/find.ts";
import { list } from "../src/kernel/store/list.ts";
import { search } from "../src/kernel/store/search.ts";
import { timeline } from "../src/kernel/store/timeline.ts";
import type { Stored, Who } from "../src/kernel/transaction.ts";
import type { FoundedOrganisation } from "../src/council/found.ts";
import { fillEveryTable } from "./every-table.ts";
import { denied, rawChange, rawSql, refused } from "./raw-sql.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

/** Tables that the app's role may touch though no row level security stands before them, and why. */
const withoutRowSecurity: Readonly<Record<string, string>> = {
  record_types: "names of types, the same for every organisation",
  sign_in_user: "who somebody is must be known before there is an actor; nothing of an organisation is in it",
  sign_in_session: "the same: found by its secret token",
  sign_in_credential: "the same: password hashes, read only to check one",
  sign_in_second_step: "the same: sealed with the product’s secret, read only to check a code",
  sign_in_recovery_code: "the same: keyed hashes",
  sign_in_passkey: "the same: public keys",
};

/** Where the app's role may delete, and why. */
const deletable: Readonly<Record<string, string>> = {
  links: "a link is not a record",
  ticks: "a step ticked off by mistake; of what the person may change",
  time_spent: "a person's own, of what they may change",
  watchers: "a person's own",
  saved_views: "a person's own",
  view_starts: "a person's own",
  reports: "a person's own",
  report_recipients: "of one's own report, or oneself",
  drafts: "a person's own",
  sign_in_session: "ending a session",
  sign_in_second_step: "turning it off",
  sign_in_recovery_code: "a code that is used is gone",
  sign_in_passkey: "removing one’s own",
  group_roles: "only with nobody acting: the group is gone",
  scim_group: "only with nobody acting: the directory has deleted it",
  scim_group_member: "the same: somebody is no longer in it",
  scim_unfollowed: "the same: their roles have followed",
};

/** Functions that run with the owner's rights and that the app may call: what each asks before it acts. */
const callable: Readonly<Record<string, string>> = {
  stopped_clocks: "spells out what the current person may see; ids and times only",
  counted_clocks: "the same; ids only",
  change_organisation: "asks for the permission to change all roles; the current organisation only",
  change_logo: "the same; takes only a picture that the actor sent and no record took",
  front_organisation: "before an actor is known; the name, colour and logo of the only organisation here",
  statistics_for_the_public: "before an actor is known; what one organisation published, and nobody’s name",
  answer_margins:
    "counts by team and day of cases that are not restricted, of types whose records the actor reads; no case",
  public_status:
    "before an actor is known; the words written for the public of what is marked public and not restricted, of one organisation",
  public_notices:
    "before an actor is known; the words written for the public of messages that were sent, of one organisation",
  deliver_message: "only the product itself, which may change messages; who signs people in may not",
  my_messages: "of the current person; references and titles of what was sent to them",
  read_message: "only what was sent to the current person; marks that they opened it",
  put_message_away: "of the current person",
  message_figures: "asks visible(); two numbers",
  invite_to_survey: "only the product itself, which may change surveys; who signs people in may not",
  own_survey: "of the current person, acting for themselves",
  own_surveys: "the same",
  answer_survey:
    "for the current person, acting for themselves, who was asked and has not answered; gives back yes or no",
  survey_turnout: "asks visible(); two numbers",
  add_survey_links: "asks changeable(), and that it is open and asks by links",
  survey_links_made: "asks changeable(); two numbers",
  survey_by_key: "by the hash of a secret; what one survey asks, and whether that link was used",
  answer_survey_by_key: "by the hash of a secret; adds an answer to one open survey, and gives back a word",
  publish_survey: "asks changeable(), and that it is published and was not before; keeps only what may be shown",
  discard_survey: "asks changeable(), and that it is cancelled",
  act_as_public:
    "before an actor is known; the product, to make one of the kinds that the public asks for, and to see nothing",
  act_as_follower: "by the hash of a secret; one record and its reviews, without what is internal, to be commented on",
  keep_follower: "asks for a record that the actor made in this very transaction, of a kind that the public asks for",
  held_by_key: "by the hash of a secret; what became of it, and nothing of what was said",
  public_front:
    "before an actor is known; name, colour, logo and what was written of how the public reaches the organisation",
  count_outside:
    "before an actor is known; keyed hashes and how many there were, of a day at the most, to whoever knows the secret",
  asked_from: "only the product itself, which may read the record; yes or no to an address that it was given",
  note_suggested: "before an actor is known; adds one to counts of published answers, 50 at the most",
  public_log:
    "before an actor is known; publications that are published and not restricted, as they were written for everybody",
  public_answer: "the same; of one that was withdrawn the reason alone, as it was written for everybody",
  public_file: "the same; a file of one that is published",
  public_scheme: "the same",
  suggest_publications: "the same; references, titles and days",
  same_askers: "asks visible() of the case and of each that it finds; ids only",
  is_logo: "before an actor is known; yes or no to whoever knows the content’s hash",
  own_role_names: "of the current person",
  visible: "answers for the current person only",
  changeable: "the same",
  reads_internal: "the same",
  store_clocks: "asks visible() or changeable() of each record",
  change_records: "asks changeable() of each; two verbs, and what hangs on those records alone",
  link_records: "asks visible() of both ends and changeable() of one",
  unlink_records: "the same",
  reached_records: "spells out what the current person may see; ids only",
  holds_open: "asks changeable(); whether there is something, and nothing of it",
  attach_files: "asks changeable(), and takes only what the actor sent",
  attach_to_comment:
    "asks visible(), for a comment of the actor’s own that names the files, and takes only what the actor sent",
  remove_file: "asks visible() and whether the actor sent it, else changeable()",
  append_event: "asks visible() for a comment, changeable() for the rest",
  index_record: "asks changeable()",
  set_added: "asks changeable()",
  note_own: "on the current person's own timeline; two verbs",
  may_audit: "of the current person",
  audit_events: "asks may_audit(); of the current organisation; no content",
  audited_record: "the same: an id",
  begin_disposing: "a lock until the transaction ends",
  dispose_record: "only with nobody acting, and what an approved disposal lists",
  decide_listed: "asks changeable() of the disposal",
  keep_listed: "asks changeable() of the disposal",
  record_facts: "asks visible(); no comment's text",
  refresh_next_due: "asks visible(); takes no value",
  hold_turns: "a lock until the transaction ends, of the current organisation",
  note_turn: "asks whether the person may change tickets; a queue and one of its team, and nothing else",
  team_shifts: "asks visible() of the team",
  alike: "gives back those of the people asked about who hold the actor's own roles and teams; says not which",
  person_may: "asks visible() of the person; yes or no and nothing else",
  people_away: "asks visible() of each person; a day and nothing else",
  people_stood_in_for: "asks visible() of each person and of whoever stands in; a day and an id",
  retry_mail: "asks whether the person may change every role",
  send_test_mail: "the same; to the person themselves",
  feed_window: "a place in the feed of the current organisation; nothing of what is there",
  set_mailbox_secret: "asks whether the person may change every role, changeable(), and that it is a mailbox",
  set_webhook_secret: "asks changes_webhook(): changeable(), and that it is a webhook",
  test_webhook: "the same",
  resend_webhook: "the same",
  erase: "asks visible() and the permission “erase”",
  next_number: "of the current organisation; gives a number and nothing else",
  bring_in: "only with nobody acting",
  create_many:
    "asks the permission “create”, as the policy on records does; made by the current person, and nothing hung on other records",
  undo_created: "asks for the current person's own import, and records that they made and nobody touched since",
  add_job: "for the current person; payloads hold ids only, and each person may have 20",
  waiting_job: "of the current person's own jobs; an id",
  job_progress: "of the current person's own job",
  cancel_job: "asks own_job(): the current person's, or anybody's for whoever may change every role",
  retry_job: "the same",
  run_scheduled: "asks whether the person may change every role; a task that the worker named, once a minute",
  act_as: "makes somebody the actor: it is who the app says it is; for another only while they stand in for them",
  make_absence: "for the current person, acting for themselves; to somebody whom they see",
  end_absence: "of the current person, of whoever stands in, or anybody's for whoever may change every role",
  reference_data: "only types marked as reference data, of the current organisation",
  reference_data_marks: "of the current organisation: marks",
  matching_records: "spells out what the current person may see",
  search_records: "through matching_records()",
  suggest_articles: "articles that are published; spells out what the current person may see",
  alike_records: "spells out what the current person may see; nothing said inside is looked at",
  articles_by_title: "articles that are published; spells out what the current person may see",
  articles_read_most: "articles that are published, counted by what was opened; asks visible() of each",
  published_members_answers:
    "asks for a person of the organisation; the published words of members’ questions that are published and not restricted",
  later_meetings:
    "asks the permission “create” of members’ questions; days of meetings of the current organisation and nothing else, of questions that are not restricted",
  count_article_view: "asks visible(); adds one to the day’s count of an article",
  mend_words: "offers only what matching_records() finds",
  sign_in_claim: "before an actor is known",
  sign_in_succeeded: "before an actor is known",
  sign_in_flow_begin: "before an actor is known; keeps it under the hash of a secret",
  sign_in_flow_take: "by the hash of a secret, once",
  organisation_for_scim_token: "by the hash of a secret",
  revoke_tokens_of: "only with nobody acting; the current organisation",
  act_as_sign_in: "before an actor is known; the product, for people, and to read where they work",
  waits_for_founding: "before an actor is known; yes or no",
  act_as_founder: "only while nobody can sign in",
  sole_organisation: "before an actor is known; an id and nothing else",
  person_for_account: "before an actor is known",
  person_for_session: "before an actor is known",
  require_demo_account: "before an actor is known",
  demo_accounts: "only of organisations flagged demo",
  actor_for_token: "by the hash of a secret",
  api_token_used: "by the hash of a secret",
};

let world: World;
let other: FoundedOrganisation;
let administrator: Who;
let stranger: Who;
let theirs: Stored;

before(async () => {
  world = await createWorld();
  other = await world.another("Brackenshire County Council");
  administrator = await world.person("Ada Min", "administrator");
  stranger = await world.person("Stran Ger", "administrator", { organisation: other });
  theirs = await world.store.as(stranger, async (tx) => {
    const made = await create(tx, ticket(), { summary: "Xylophone delivery for Brackenshire", details: "**quokka**" });
    await comment(tx, ticket(), made.id, { text: "The marimba too", audience: "internal" });
    return find(tx, ticket(), made.id);
  });
  await fillEveryTable(world.ownerPool, other, stranger.personId, theirs.id);
});
after(() => world.close());

const ticket = () => typeNamed(world.registry, "ticket");
const { raw, mustBeDenied } = rawSql(() => world);

/** Every table and view of our schema, with what the app's role may do to it. */
async function relations() {
  const { rows } = await world.ownerPool.query<{
    name: string;
    kind: string;
    secured: boolean;
    definition: string;
    privileges: string[];
    columns: string[];
  }>(`
    select c.relname as name, c.relkind as kind, c.relrowsecurity as secured, case when c.relkind = 'v' then pg_get_viewdef(c.oid) else '' end as definition,
      array(select p from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as p
            where has_table_privilege('reeve_app', c.oid, p) or (p in ('select', 'insert', 'update') and has_any_column_privilege('reeve_app', c.oid, p))) as privileges,
      array(select attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c where c.relnamespace = 'reeve'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`);
  return rows;
}

describe("the catalogue", () => {
  test("every table that the app may touch has row level security, or stands in the list with a reason", async () => {
    const all = await relations();
    assert.ok(all.length > 40, `only ${all.length} tables and views were looked at`);
    const open = all
      .filter(({ kind, secured, privileges }) => kind !== "v" && privileges.length > 0 && !secured)
      .map(({ name }) => name);
    assert.deepEqual(open.sort(), Object.keys(withoutRowSecurity).sort());
    for (const { name, definition, privileges } of all.filter(({ kind }) => kind === "v")) {
      for (const asks of ["current_organisation()", "current_list('read_all'", "current_list('restricted_all'"])
        assert.ok(definition.includes(asks), `${name} does not ask ${asks}`);
      assert.deepEqual(privileges, ["select"], name);
    }
  });

  test("the app deletes almost nothing, empties nothing, and only reads the memory", async () => {
    const all = await relations();
    assert.deepEqual(
      all
        .filter(({ privileges }) => privileges.includes("delete"))
        .map(({ name }) => name)
        .sort(),
      Object.keys(deletable).sort(),
    );
    assert.deepEqual(
      all.filter(({ privileges }) => ["truncate", "references", "trigger"].some((one) => privileges.includes(one))),
      [],
    );
    for (const name of ["events", "event_bodies"])
      assert.deepEqual(all.find((one) => one.name === name)?.privileges, ["select"]);
    for (const name of [
      "seals",
      "seal_heads",
      "erasures",
      "unsealed",
      "untold",
      "webhook_events",
      "feed_epoch",
      "search_words",
      "clocks_to_read_anew",
      "search_word_progress",
      "migrations",
      "sign_in_attempt",
      "sign_in_verification",
    ])
      assert.deepEqual(all.find((one) => one.name === name)?.privileges ?? [], [], name);
  });

  test("the app's role owns nothing and stands above nothing", async () => {
    const { rows } = await world.ownerPool.query(
      "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'reeve_app'",
    );
    assert.deepEqual(Object.values(rows[0] as object), [false, false, false, false, false]);
    const owned = await world.ownerPool.query(
      "select 1 from pg_class where relowner = 'reeve_app'::regrole union all select 1 from pg_proc where proowner = 'reeve_app'::regrole union all select 1 from pg_auth_members where member = 'reeve_app'::regrole",
    );
    assert.equal(owned.rows.length, 0);
    for (const schema of ["reeve", "public"]) await mustBeDenied(administrator, `create table ${schema}.mine (a int)`);
  });

  test("each function with the owner's rights that the app may call is known, with what it asks; the others are closed to it", async () => {
    const { rows } = await world.ownerPool.query<{ name: string; callable: boolean; path: string | null }>(`
      select proname as name, has_function_privilege('reeve_app', oid, 'execute') as callable, array_to_string(proconfig, ',') as path
      from pg_proc where pronamespace = 'reeve'::regnamespace and prosecdef and prorettype <> 'trigger'::regtype`);
    assert.ok(rows.length >= 25);
    assert.deepEqual(
      rows
        .filter((row) => row.callable)
        .map(({ name }) => name)
        .sort(),
      Object.keys(callable).sort(),
    );
    // Otherwise somebody's own temporary table could stand in for one of ours.
    for (const { name, path } of rows) assert.match(path ?? "", /search_path=reeve, (public, )?pg_temp/, name);
  });

  test("the functions that only the product itself may call are closed to the app", async () => {
    const { rows } = await world.ownerPool.query<{ call: string }>(
      `select proname || '(' || array_to_string(array(select 'null::' || format_type(t, null) from unnest(proargtypes::oid[]) as t), ', ') || ')' as call
      from pg_proc where pronamespace = 'reeve'::regnamespace and proname = any ($1)`,
      [
        [
          "act_as_system",
          "seal",
          "learn_words",
          "matching_since",
          "expected_matches",
          "newest_since",
          "said_words",
          "erase_values",
          "erase_values_of",
          "append_events",
          "insert_records",
          "insert_parts",
          "insert_rows",
          "insert_links",
          "update_rows",
          "change_parts",
          "next_events",
          "put_clocks",
        ],
      ],
    );
    assert.equal(rows.length, 18);
    for (const { call } of rows) await mustBeDenied(administrator, `select ${call}`);
    await mustBeDenied(administrator, "select bring_in('ticket', '[]')");
    await mustBeDenied(null, "select bring_in('ticket', '[]')");
  });

  test("who makes many records at once makes those alone: no other history, nothing hung on records that are there", async () => {
    const { rows } = await raw(administrator, (query) => query("select id from records where type = 'team' limit 1"));
    const there = rows[0]?.["id"];
    assert.ok(there);
    const id = crypto.randomUUID();
    const at = "2026-11-23T09:00:00Z";
    const made = {
      id,
      reference: "INC-90001",
      title: "Made",
      state: "new",
      sensitivity: "normal",
      next_due_at: "infinity",
    };
    const event = { record_id: id, sequence: 1, at, verb: "created", audience: "everyone", body: {} };
    const clock = {
      name: "sudden",
      state: "running",
      started_at: at,
      elapsed_minutes: 0,
      paused_minutes: 0,
      met_only_by_pause: false,
      policy_version: "",
      calendar_version: "",
    };
    const given = (more: object) =>
      JSON.stringify({
        records: [
          { ...made, opened_at: at, updated_at: at, words_title: "Made", words_everyone: "", words_internal: "" },
        ],
        events: [event],
        own: [{ id }],
        ...more,
      });
    for (const more of [
      { events: [{ ...event, verb: "approved" }] },
      { events: [event, { ...event, sequence: 2, verb: "moved" }] },
      { events: [{ ...event, audience: null }] },
      { lines: { person_roles: [{ parent_id: id, position: 0, role: there }] } },
      { lines: { ticket: [{ parent_id: id, position: 0 }] } },
      { links: [{ from_id: id, relation: "relatesTo", to_id: crypto.randomUUID() }] },
      { links: [{ from_id: id, relation: "depends_on", to_id: there }] },
    ])
      await mustBeDenied(administrator, "select create_many('ticket', $1)", [given(more)]);
    await mustBeDenied(administrator, "select bring_in('ticket', $1)", [given({})]);
    await raw(administrator, async (query) => {
      const more = {
        events: [event, { ...event, record_id: there }],
        clocks: [{ ...clock, record_id: there }],
        links: [{ from_id: there, relation: "relatesTo", to_id: there }],
      };
      await query("select create_many('ticket', $1)", [given(more)]);
      const { rows: hung } = await query(
        `select (select count(*) from clocks where name = 'sudden')::integer as clocks, (select count(*) from links where relation = 'relatesTo')::integer as links,
          (select count(*) from events where record_id = $1)::integer as events, (select count(*) from records where id = $1)::integer as records`,
        [id],
      );
      assert.deepEqual(hung, [{ clocks: 0, links: 0, events: 1, records: 1 }]);
    });
  });

  test("every list that a policy, a view or a function asks about is one that the actor's permissions fill", async () => {
    const { rows } = await world.ownerPool.query<{ list: string }>(`select distinct m[1] as list from (
      select coalesce(pg_get_expr(polqual, polrelid), '') || coalesce(pg_get_expr(polwithcheck, polrelid), '') as words from pg_policy
      union all select pg_get_viewdef(oid) from pg_class where relkind = 'v' and relnamespace = 'reeve'::regnamespace
      union all select prosrc from pg_proc where pronamespace = 'reeve'::regnamespace) everything, regexp_matches(words, 'current_list\\(''(\\w+)''', 'g') as m`);
    const filled = await raw(administrator, (query) =>
      query("select name, current_setting('reeve.' || name, true) as filled from unnest($1::text[]) as name", [
        rows.map(({ list: name }) => name),
      ]),
    );
    assert.ok(filled.rows.length >= 12);
    for (const row of filled.rows) assert.ok(row["filled"], `nothing fills the list ${String(row["name"])}`);
  });

  test("PostgreSQL's own statistics tell the app nothing of what is in the records", async () => {
    await world.ownerPool.query("analyze");
    const { rows } = await raw(administrator, (query) =>
      query("select tablename, attname from pg_stats where schemaname = 'reeve' and tablename <> all ($1)", [
        Object.keys(withoutRowSecurity),
      ]),
    );
    assert.deepEqual(rows, []);
  });
});

describe("the product at the door", () => {
  const door = "select act_as_sign_in($1)";
  test("sees people, roles, teams and sites of one organisation, and nothing else of anybody's", async () => {
    await raw(null, async (query) => {
      await query(door, [other.organisationId]);
      const seen = await query("select distinct type, organisation_id = $1 as ours from records order by type", [
        other.organisationId,
      ]);
      assert.deepEqual(
        seen.rows.map(({ type, ours }) => [type, ours]),
        [
          ["person", true],
          ["role", true],
          ["team", true],
        ],
      );
      const events = await query("select distinct type from events where type not in ('person', 'role', 'team')");
      assert.deepEqual(events.rows, []);
      for (const own of ["notifications", "drafts", "saved_views", "api_token", "jobs", "scim_token"])
        assert.equal((await query(`select 1 from ${own}`)).rows.length, 0, own);
      assert.equal(
        (await query("select search_records('xylophone', null, 20, 0) -> 'matches' as n")).rows[0]?.["n"],
        0,
      );
    });
  });

  test("changes no role, erases nothing, and is no administrator", async () => {
    const role = "select id from records where organisation_id = $1 and type = 'role' limit 1";
    const at = (text: string, values: readonly unknown[] = []) =>
      raw(null, async (query) => {
        await query(door, [other.organisationId]);
        return query(text, values);
      });
    const refusals: readonly (readonly [string, readonly unknown[]])[] = [
      [`select append_event((${role}), 'changed', now(), 'everyone', '{}')`, [other.organisationId]],
      ["select append_event($1, 'commented', now(), 'everyone', '{}')", [theirs.id]],
      ["select erase($1, null, 'no', 'no')", [stranger.personId]],
      ["select act_as_system($1)", [other.organisationId]],
      ["select bring_in('ticket', '[]')", []],
      ["select create_many('ticket', '[]')", []],
      // It makes people, and in nobody's name.
      [
        "select create_many('person', $1)",
        [
          JSON.stringify({
            events: [{ sequence: 1, verb: "created", audience: "everyone", actor_id: stranger.personId }],
          }),
        ],
      ],
      // It sees people, and has nobody watch what it does not see.
      [
        "insert into watchers (organisation_id, record_id, person_id) values ($1, $2, $3)",
        [other.organisationId, theirs.id, stranger.personId],
      ],
    ];
    for (const [text, values] of refusals) await assert.rejects(at(text, values), text);
    const changed = await at("update role set purpose = 'Everything' where organisation_id = $1", [
      other.organisationId,
    ]).catch((error: unknown) => assert.ok(denied(error)));
    assert.equal(changed ? changed.rowCount : 0, 0);
    await mustBeDenied(null, door, ["00000000-0000-0000-0000-000000000000"]);
  });

  test("founds nothing once somebody can sign in", async () => {
    await world.ownerPool.query(
      "with made as (insert into sign_in_user (name, email) values ('A', 'door@aldermoor.gov.uk') returning id) update person set account_id = (select id from made) where id = $1",
      [administrator.personId],
    );
    await mustBeDenied(null, "select act_as_founder('Ours now')");
    await mustBeDenied(administrator, "select act_as_founder('Ours now')");
    assert.equal((await raw(null, (query) => query("select waits_for_founding() as w"))).rows[0]?.["w"], false);
  });
});

describe("nobody acting", () => {
  test("no table and no view shows a row", async () => {
    for (const { name, columns } of await relations()) {
      if (!columns.includes("organisation_id") && name !== "organisations") continue;
      const seen = await raw(null, (query) => query(`select count(*)::int as n from ${name}`)).catch((error: unknown) =>
        assert.ok(denied(error), name),
      );
      if (seen) assert.equal(seen.rows[0]?.["n"], 0, name);
    }
  });

  test("no function answers", async () => {
    await raw(null, async (query) => {
      assert.deepEqual((await query("select search_records('xylophone', null, 20, 0) as a")).rows[0]?.["a"], {
        found: [],
        byType: {},
        matches: 0,
        newestOnly: false,
      });
      assert.equal(
        (await query("select visible($1, $2) as a", [other.organisationId, theirs.id])).rows[0]?.["a"],
        false,
      );
      assert.equal(
        (await query("select changeable($1, $2) as a", [other.organisationId, theirs.id])).rows[0]?.["a"],
        false,
      );
      assert.deepEqual((await query("select record_facts($1) as a", [theirs.id])).rows[0]?.["a"], []);
      assert.equal((await query("select mend_words('xylofone') as a")).rows[0]?.["a"], null);
      assert.equal((await query("select * from reference_data('queue', '{}')")).rows.length, 0);
    });
    await mustBeDenied(null, "select next_number('ticket', '')");
    await mustBeDenied(null, "select append_event($1, 'commented', now(), 'everyone', '{}')", [theirs.id]);
  });
});

describe("a form that somebody began", () => {
  test("is seen, changed and thrown away by nobody else, not even by who may do everything", async () => {
    const maker = await world.person("Draf Ter", "staff");
    const id = crypto.randomUUID();
    const values = [maker.organisationId, id, maker.personId];
    const added =
      "insert into drafts (organisation_id, id, person_id, type, content) values ($1, $2, $3, 'ticket', '{}')";
    await world.ownerPool.query(added, values);
    await raw(administrator, async (query) => {
      assert.equal((await query("select 1 from drafts where id = $1", [id])).rowCount, 0);
      assert.equal((await query("update drafts set content = '{\"a\": 1}' where id = $1", [id])).rowCount, 0);
      assert.equal((await query("delete from drafts where id = $1", [id])).rowCount, 0);
    });
    await raw(maker, async (query) =>
      assert.equal((await query("delete from drafts where id = $1", [id])).rowCount, 1),
    );
    await mustBeDenied(administrator, added, [maker.organisationId, crypto.randomUUID(), maker.personId]);
    await mustBeDenied(administrator, `${added} on conflict (organisation_id, id) do update set person_id = $4`, [
      ...values.slice(0, 2),
      administrator.personId,
      administrator.personId,
    ]);
  });
});

describe("another organisation", () => {
  test("no row of it is read, changed, deleted, added or moved, in any table or view", async () => {
    let tables = 0;
    for (const { name, kind, columns, privileges } of await relations()) {
      if (!columns.includes("organisation_id") || privileges.length === 0) continue;
      const { rows } = await world.ownerPool.query(
        kind === "v" ? `select 1` : `select to_jsonb(t) as row from ${name} t where organisation_id = $1 limit 1`,
        kind === "v" ? [] : [other.organisationId],
      );
      assert.ok(rows.length > 0, `${name} holds nothing of the other organisation, so nothing would be proved`);
      tables++;
      if (privileges.includes("select")) {
        const seen = await raw(administrator, (query) =>
          query(`select count(*)::int as theirs from ${name} where organisation_id = $1`, [other.organisationId]),
        );
        assert.equal(seen.rows[0]?.["theirs"], 0, name);
      }
      const column =
        ["title", "name", "state", "removed_at", "revoked_at", "position", "status", "record_id"].find((one) =>
          columns.includes(one),
        ) ??
        columns.find((one) => !["organisation_id", "id"].includes(one)) ??
        "id";
      const changed = await raw(administrator, (query) =>
        query(`update ${name} set ${column} = null where organisation_id = $1`, [other.organisationId]),
      ).catch((error: unknown) => assert.ok(denied(error) || kind === "v", `${name}: ${String(error)}`));
      if (changed) assert.equal(changed.rowCount, 0, name);
      const deleted = await raw(administrator, (query) =>
        query(`delete from ${name} where organisation_id = $1`, [other.organisationId]),
      ).catch((error: unknown) => assert.ok(denied(error) || kind === "v", name));
      if (deleted) assert.equal(deleted.rowCount, 0, name);
      if (kind === "v") continue;
      const written = columns
        .filter((one) => !["search", "event_hash", "event_count", "version", "search_public"].includes(one))
        .join(", ");
      await mustBeDenied(
        administrator,
        `insert into ${name} (${written}) select ${written} from jsonb_populate_record(null::${name}, $1)`,
        [rows[0]?.row],
      );
      const moved = await raw(administrator, (query) =>
        query(`update ${name} set organisation_id = $1`, [other.organisationId]),
      ).catch((error: unknown) => assert.ok(denied(error), `${name}: ${String(error)}`));
      if (moved) assert.equal(moved.rowCount, 0, `${name}: a row was given to another organisation`);
    }
    assert.ok(tables > 25, `only ${tables} tables were attacked`);
  });

  test("no function reaches it by id", async () => {
    await raw(administrator, async (query) => {
      const one = async (text: string, values: readonly unknown[] = []) =>
        (await query(`select ${text} as a`, values)).rows[0]?.["a"];
      assert.equal(await one("visible($1, $2)", [other.organisationId, theirs.id]), false);
      assert.equal(await one("changeable($1, $2)", [other.organisationId, theirs.id]), false);
      assert.equal(await one("reads_internal($1, $2)", [other.organisationId, theirs.id]), false);
      assert.deepEqual(await one("record_facts($1)", [theirs.id]), []);
      await query("select refresh_next_due($1)", [theirs.id]);
      assert.equal(
        JSON.stringify(await one("search_records('xylophone quokka', null, 200, 0)")).includes(theirs.id),
        false,
      );
      assert.equal((await query("select * from matching_records('xylophone', null, 1000)")).rows.length, 0);
      assert.equal(await one("mend_words('xylophne')"), null);
      for (const type of ["queue", "calendar", "service_level_policy"]) {
        const rows = (await query(`select "row" ->> 'organisation_id' as o from reference_data($1, '{}')`, [type]))
          .rows;
        assert.ok(rows.length > 0 && rows.every((row) => row["o"] === administrator.organisationId), type);
      }
    });
    await mustBeDenied(administrator, ...rawChange("ticket", theirs.id, { title: "x" }));
    for (const verb of ["commented", "changed", "moved", "created", "erased"])
      await mustBeDenied(administrator, "select append_event($1, $2, now(), 'everyone', '{}')", [theirs.id, verb]);
    await mustBeDenied(administrator, "select index_record($1, 'a', 'b', 'c')", [theirs.id]);
    await mustBeDenied(administrator, "select erase($1, null, 'because')", [theirs.id]);
    await mustBeDenied(
      administrator,
      "insert into links (organisation_id, from_id, relation, to_id) values ($1, $2, 'about', $3)",
      [administrator.organisationId, administrator.personId, theirs.id],
    );
    await mustBeDenied(
      administrator,
      "insert into files (organisation_id, record_id, name, media_type, size_bytes, sha256, uploaded_by) values ($1, $2, 'a', 'text/plain', 1, '\\x00', $3)",
      [administrator.organisationId, theirs.id, administrator.personId],
    );
  });

  test("nothing of the store reaches it, by id, reference, name or word", async () => {
    const mine = await world.store.as(administrator, (tx) => create(tx, ticket(), { summary: "Ours" }));
    await world.store.as(administrator, async (tx) => {
      assert.equal((await search(tx, "xylophone")).matches, 0);
      assert.equal((await list(tx, ticket(), { where: { requester: [stranger.personId] } })).items.length, 0);
      assert.equal((await timeline(tx, theirs)).length, 0);
      assert.equal((await resolveLinks(tx, ticket(), { requester: "Stran Ger" }))["requester"], "Stran Ger");
    });
    await assert.rejects(
      world.store.as(administrator, (tx) => find(tx, ticket(), theirs.id)),
      refused("unseen"),
    );
    await assert.rejects(
      world.store.as(administrator, (tx) => change(tx, ticket(), theirs.id, 1, { summary: "x" })),
      refused("unseen"),
    );
    await assert.rejects(
      world.store.as(administrator, (tx) => change(tx, ticket(), mine.id, 1, { requester: stranger.personId })),
      refused("invalid"),
    );
    await assert.rejects(
      world.store.as(administrator, (tx) => create(tx, ticket(), { summary: "x", queue: other.queue })),
      refused("invalid"),
    );
    await assert.rejects(
      world.store.as({ organisationId: administrator.organisationId, personId: stranger.personId }, async () => {}),
      refused("unseen"),
    );
  });
});
