import { sql } from "kysely";
import { formatDay } from "../../kernel/fields/date.ts";
import { addJob } from "../../kernel/jobs/jobs.ts";
import type { JobKind } from "../../kernel/jobs/run.ts";
import { peopleIn } from "../../kernel/organisation/audience.ts";
import type { InAudience } from "../../kernel/organisation/audience.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { say } from "../../kernel/store/comment.ts";
import { find } from "../../kernel/store/find.ts";
import { titlesOf } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { asksByLink, peopleMin } from "./surveying.ts";

/** The kind of job that asks the people of a survey's audience. */
export const inviteKind = "invite-to-survey";

/** Said in a transaction’s memo by whoever does at once what the job would do. */
export const invitedByCaller = "surveys invited by the caller";

const batchMax = 500;
/** What teams of fewer than ten are counted as together. */
const otherTeams = "Other teams";

/** A job asks those whom the audience holds. */
export async function inviteByJob(tx: Tx, survey: Stored): Promise<void> {
  if (tx.actor.personId === null || tx.memo.has(invitedByCaller) || asksByLink(survey)) return;
  await addJob(tx, {
    kind: inviteKind,
    title: `Ask the people of ${survey.reference}`,
    subject: survey.id,
    page: `/surveys/${survey.reference}`,
  });
}

/** Asks them, each once, and tells them so. Begun again, it asks those who were not asked yet and says nothing twice. */
export const invite: JobKind = async (run) => {
  const people = await run.asProduct(async (tx) => peopleOf(tx, await openSurvey(tx, run.subject)));
  if (people === null) return "It is not open.";
  for (let at = 0; at < people.length; at += batchMax) {
    const some = people.slice(at, at + batchMax);
    await run.asProduct((tx) => inviteSome(tx, run.subject, some));
    await run.as((tx) => run.progress(tx, at + some.length, people.length));
  }
  await run.asProduct((tx) => tellOnce(tx, run.subject));
  return people.length === 1 ? "One person was asked." : `${people.length} people were asked.`;
};

/** Everything at once, for a demonstration. */
export async function inviteAtOnce(tx: Tx, surveyId: string): Promise<number> {
  const people = (await peopleOf(tx, await openSurvey(tx, surveyId))) ?? [];
  for (let at = 0; at < people.length; at += batchMax) await inviteSome(tx, surveyId, people.slice(at, at + batchMax));
  return people.length;
}

interface Invited {
  readonly id: string;
  /** The part of the audience that they are counted with; null where the results are not broken down by team. */
  readonly part: string | null;
}

async function openSurvey(tx: Tx, id: string): Promise<Stored> {
  return find(tx, typeNamed(tx.registry, "survey"), id);
}

async function peopleOf(tx: Tx, survey: Stored): Promise<readonly Invited[] | null> {
  if (survey.state !== "open") return null;
  const audience = await find(tx, typeNamed(tx.registry, "audience"), String(survey.values["audience"]));
  const people = await peopleIn(tx, audience);
  const parts = survey.values["breakdown"] === "team" ? await partsOf(tx, people) : new Map<string, string>();
  return people.map(({ id }) => ({ id, part: parts.get(id) ?? null }));
}

/** By person: their team where ten or more of it are asked, else that they are of another. */
async function partsOf(tx: Tx, people: readonly InAudience[]): Promise<ReadonlyMap<string, string>> {
  const byTeam = Map.groupBy(people, ({ teamId }) => teamId);
  const names = await titlesOf(
    tx,
    [...byTeam.keys()].flatMap((id) => id ?? []),
  );
  return new Map(
    people.map(({ id, teamId }) => {
      const isLarge = teamId !== null && (byTeam.get(teamId)?.length ?? 0) >= peopleMin;
      return [id, isLarge ? (names.get(teamId) ?? otherTeams) : otherTeams];
    }),
  );
}

async function inviteSome(tx: Tx, surveyId: string, people: readonly Invited[]): Promise<void> {
  const ids = people.map(({ id }) => id);
  const { organisationId } = tx.actor;
  await sql`select invite_to_survey(${surveyId}::uuid, ${ids}::uuid[], ${people.map(({ part }) => part)}::text[])`.execute(
    tx.db,
  );
  await sql`insert into watchers (organisation_id, record_id, person_id)
    select ${organisationId}::uuid, ${surveyId}::uuid, unnest(${ids}::uuid[]) on conflict do nothing`.execute(tx.db);
}

async function tellOnce(tx: Tx, surveyId: string): Promise<void> {
  const survey = await openSurvey(tx, surveyId);
  const { rows } = await sql`select 1 from events where organisation_id = ${tx.actor.organisationId}::uuid
    and record_id = ${surveyId}::uuid and verb = 'commented' and actor_id is null limit 1`.execute(tx.db);
  if (survey.state !== "open" || rows.length > 0) return;
  const text = `You are asked what you think, without your name: [${survey.title}](/surveys/${survey.reference}/answer). Answer by ${formatDay(String(survey.values["closesOn"]))}.`;
  await say(tx, typeNamed(tx.registry, "survey"), survey, { text, audience: "everyone" });
}
