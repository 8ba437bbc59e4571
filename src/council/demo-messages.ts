import { sql } from "kysely";
import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import {
  deliverMessages,
  hashOfSurveyKey,
  inviteAtOnce,
  personalSurveyKeys,
  invitedByCaller,
} from "../modules/messages/module.ts";
import { atTimesOf } from "./demo-at.ts";
import type { At, DemoPlace } from "./demo-at.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { demoNotices, demoSurveys } from "./demo-messages-script.ts";
import type { DemoNotice, DemoSurvey } from "./demo-messages-script.ts";

interface Stage extends DemoPlace {
  readonly cast: Cast;
  readonly at: At;
  /** The audience that holds everybody. */
  readonly everybody: string;
}

/** What people were told and asked: a message and a survey in every state of theirs, told and answered by the people of the council. */
export async function makeMessages(cast: Cast, options: DemoPlace): Promise<void> {
  const at = atTimesOf(options, invitedByCaller);
  const everybody = await at(0, null, (tx) => titled(tx, "audience", "Everybody"));
  if (everybody === null) return;
  const stage = { ...options, cast, at, everybody: everybody.id };
  for (const notice of demoNotices) await makeNotice(stage, notice);
  await passOnIncident(stage);
  for (const survey of demoSurveys) await makeSurvey(stage, survey);
}

async function titled(tx: Tx, type: string, title: string): Promise<Stored | null> {
  const { items } = await list(tx, typeNamed(tx.registry, type), { show: "all", sort: "-opened", limit: 200 });
  return items.find((one) => one.title === title) ?? null;
}

const doing = (stage: Stage, type: string, record: Stored) => ({
  go: (days: number, player: Player | null, name: string, values: Readonly<Record<string, unknown>> = {}) =>
    stage.at(days, player, (tx) => move(tx, typeNamed(tx.registry, type), record.id, "any", name, values)),
});

async function makeNotice(stage: Stage, { reaches, days, hours, ...words }: DemoNotice): Promise<void> {
  const { at, cast, everybody, now } = stage;
  const [manager, director] = [cast.people["policy-manager"], cast.people["assistant-director"]];
  const moment = (inDays: number) =>
    now.add({ hours: Math.round(inDays * 24) }).toString({ smallestUnit: "millisecond" });
  const record = await at(days + 1, manager, (tx) =>
    create(tx, typeNamed(tx.registry, "broadcast"), {
      ...words,
      audience: everybody,
      asBanner: true,
      ...(reaches === "scheduled" ? { sendAt: moment(2) } : {}),
      showUntil: moment(hours / 24 - days),
    }),
  );
  const { go } = doing(stage, "broadcast", record);
  if (reaches === "draft") return;
  await go(days + 0.9, manager, "submit");
  if (reaches === "awaiting_approval") return;
  await go(days + 0.5, director, "approve");
  if (reaches === "cancelled") await go(days, manager, "cancel", { comment: "The supplier has put it off." });
  if (reaches !== "sent") return;
  await deliver(stage, days);
  for (const player of cast.staff.filter((_one, nth) => nth % 3 !== 1))
    await at(days * 0.9, player, (tx) => sql`select read_message(${record.reference}, true)`.execute(tx.db));
}

async function deliver({ ownerPool, registry, now }: Stage, days: number): Promise<void> {
  const then = now.subtract({ minutes: Math.max(1, Math.round(days * 24 * 60)) });
  await deliverMessages({ ownerPool, registry, domain: null }, then);
}

/** The major incident that lasts is passed on to everybody. */
async function passOnIncident(stage: Stage): Promise<void> {
  const { at, cast, everybody } = stage;
  const lead = cast.people["lead-support"];
  const incident = await at(0, lead, async (tx) => {
    const found = await list(tx, typeNamed(tx.registry, "major_incident"), {
      states: ["open"],
      sort: "-opened",
      limit: 1,
    });
    return found.items.find(({ sensitivity }) => sensitivity === "normal") ?? null;
  });
  if (incident === null) return;
  const record = await at(0.03, lead, (tx) =>
    create(tx, typeNamed(tx.registry, "broadcast"), {
      title: incident.title,
      kind: "incident",
      majorIncident: incident.id,
      body: "We are sorry: something that many of you use is not working. You need not report it again.",
      audience: everybody,
      byMail: true,
    }),
  );
  await doing(stage, "broadcast", record).go(0.02, lead, "follow");
  await deliver(stage, 0.01);
}

async function makeSurvey(
  stage: Stage,
  { reaches, days, closesIn, share, links, answers, did, ...words }: DemoSurvey,
): Promise<void> {
  const { at, cast, everybody, now } = stage;
  const manager = cast.people["policy-manager"];
  const closesOn = now.toZonedDateTimeISO("Europe/London").toPlainDate().add({ days: closesIn }).toString();
  const whom = links === undefined ? { audience: everybody } : { byLink: "personal" };
  const record = await at(days + 2, manager, (tx) =>
    create(tx, typeNamed(tx.registry, "survey"), { ...words, ...whom, closesOn }),
  );
  const { go } = doing(stage, "survey", record);
  if (reaches === "draft") return;
  await go(days, manager, "open");
  await (links === undefined
    ? answerHere(stage, record, days, { share, answers })
    : answerByLink(stage, record, days, { links, share, answers }));
  if (reaches === "cancelled") await go(days * 0.5, manager, "cancel", { comment: "Another survey asks the same." });
  if (reaches !== "published" && reaches !== "closed") return;
  await go(days * 0.4, manager, "close");
  if (reaches === "closed") return;
  await go(days * 0.3, manager, "publish");
  const policy = await at(0, null, (tx) => titled(tx, "policy", "Acceptable use of digital equipment"));
  const lines = (did ?? []).map((line) =>
    policy && line.kind === "policy" ? { ...line, policy: policy.id } : { ...line, kind: "other" },
  );
  await at(days * 0.1, manager, (tx) => change(tx, typeNamed(tx.registry, "survey"), record.id, "any", { did: lines }));
}

type Answering = Pick<DemoSurvey, "share" | "answers">;

async function answerHere(
  { at, cast }: Stage,
  { id }: Stored,
  days: number,
  { share, answers }: Answering,
): Promise<void> {
  await at(days, null, (tx) => inviteAtOnce(tx, id));
  // Whoever looks round as a member of staff finds a survey to answer.
  const everyone = [...cast.staff, ...Object.values(cast.people)].filter(({ name }) => name !== "Joe Price");
  for (const [nth, player] of everyone.entries()) {
    if ((nth * 7) % 10 >= share * 10) continue;
    const given = JSON.stringify(answers(nth));
    await at(days * 0.8, player, (tx) => sql`select answer_survey(${id}::uuid, ${given}::jsonb)`.execute(tx.db));
  }
}

async function answerByLink(
  { at, cast }: Stage,
  { id }: Stored,
  days: number,
  { links, share, answers }: Answering & { readonly links: number },
): Promise<void> {
  const hashes = personalSurveyKeys(links).map(hashOfSurveyKey);
  await at(days, cast.people["policy-manager"], (tx) =>
    sql`select add_survey_links(${id}::uuid, ${hashes}::bytea[])`.execute(tx.db),
  );
  await at(days * 0.8, null, async (tx) => {
    for (const [nth, hash] of hashes.entries())
      if ((nth * 7) % 10 < share * 10)
        await sql`select answer_survey_by_key(${hash}::bytea, ${JSON.stringify(answers(nth))}::jsonb)`.execute(tx.db);
  });
}
