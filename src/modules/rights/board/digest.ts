import { ukWorkingDays } from "../../../kernel/clocks/calendars.ts";
import { dayFrom } from "../../../kernel/clocks/days.ts";
import { isWorkingDay } from "../../../kernel/clocks/working-days.ts";
import type { ModuleSchedule } from "../../../kernel/jobs/schedules.ts";
import { gatherDigest } from "../../../kernel/mail/digests.ts";
import type { SayDigest } from "../../../kernel/mail/digests.ts";
import { namesOf } from "../../../web/names.ts";
import { plural } from "../../../web/view/format.ts";
import { boardPath } from "./page.ts";
import { boardTypes, boardTypesOf, readBoard } from "./read.ts";
import { dangerTags, namesNeeded, waitsOn, whyOf } from "./words.ts";

export const digestName = "never-late";

const listedMax = 25;

/** Each working morning: puts in the mail, for whoever has open cases, theirs in order of danger. */
export const sendBoardDigest: ModuleSchedule = {
  task: "send-board-digest",
  match: "* * * * *",
  when: "Each working morning, when they wish to have what comes once a day",
  what: "Tells by mail whoever has open cases of information rights which are in danger of being late",
  run: ({ ownerPool, channel }) =>
    channel === null
      ? Promise.resolve(0)
      : gatherDigest(ownerPool, { name: digestName, types: boardTypes, domain: channel.domain, goesOn }),
};

/** Whether the digest comes on a day: on working days of the Act. */
function goesOn(day: string): boolean {
  return isWorkingDay(ukWorkingDays(), dayFrom(day));
}

/** Says somebody’s own open cases, as they may see them; null when they have none by then. */
export const sayBoardDigest: SayDigest = async (tx, baseUrl) => {
  const types = boardTypesOf(tx);
  if (types.length === 0 || tx.actor.personId === null) return null;
  const { cases } = await readBoard(tx, { kind: null, ownerId: tx.actor.personId }, types);
  if (cases.length === 0) return null;
  const shown = cases.slice(0, listedMax);
  const names = await namesOf(tx, shown.flatMap(namesNeeded));
  const restricted = await restrictedAmong(
    tx,
    shown.map(({ id }) => id),
  );
  const inDanger = cases.filter(({ forecast }) => forecast.danger !== "fine" && forecast.danger !== "waits").length;
  return {
    subject:
      inDanger === 0
        ? "Your cases: none is in danger"
        : `Your cases: ${plural(inDanger, "is", "are")} in danger of being late`,
    lead: `You have ${plural(cases.length, "open case")}. Those in the most danger come first:`,
    items: shown.map((one) => {
      const hidden = restricted.has(one.id);
      const { reference = "", title = "", href = boardPath } = names.get(one.id) ?? {};
      const danger = dangerTags[one.forecast.danger].text;
      return {
        // What is restricted is not said in mail.
        name: hidden ? reference : `${reference} ${title}`,
        sentence: hidden
          ? `${danger}.`
          : `${danger}. ${whyOf(one, names, new Set())}. Waits for: ${waitsOn(tx.registry, one, names)}.`,
        href: `${baseUrl}${href}`,
      };
    }),
    more: cases.length > listedMax ? `The rest stand under ${baseUrl}${boardPath}?owner=me` : null,
  };
};

async function restrictedAmong(tx: Parameters<SayDigest>[0], ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx.db
    .selectFrom("records")
    .select("id")
    .where("organisation_id", "=", tx.actor.organisationId)
    .where("id", "in", [...ids])
    .where("sensitivity", "<>", "normal")
    .execute();
  return new Set(rows.map(({ id }) => id));
}
