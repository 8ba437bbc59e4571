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
import type { BoardCase } from "./read.ts";
import { dangerTags, namesNeeded, waitsOn, whyOf } from "./words.ts";

export const digestName = "never-late";

const listedMax = 25;

/** Whoever holds both for all cases of a kind answers for it: they can give a case to somebody, and sign its answer off. */
export const ledBy = ["handle", "approve"] as const;

/**
 * Each working morning: puts in the mail, for whoever has open cases, theirs in order of danger; and for whoever answers for all of them, those that
 * nobody has.
 */
export const sendBoardDigest: ModuleSchedule = {
  task: "send-board-digest",
  match: "* * * * *",
  when: "Each working morning, when they wish to have what comes once a day",
  what: "Tells by mail whoever has open cases of information rights which are in danger of being late, and whoever answers for all of them which nobody has",
  run: ({ ownerPool, channel }) =>
    channel === null
      ? Promise.resolve(0)
      : gatherDigest(ownerPool, { name: digestName, types: boardTypes, ledBy, domain: channel.domain, goesOn }),
};

/** Whether the digest comes on a day: on working days of the Act. */
function goesOn(day: string): boolean {
  return isWorkingDay(ukWorkingDays(), dayFrom(day));
}

/**
 * Says somebody’s own open cases, and those that nobody has to whoever answers for all of a kind, as they may see them; null when there are none by then.
 */
export const sayBoardDigest: SayDigest = async (tx, baseUrl) => {
  const types = boardTypesOf(tx);
  const { personId } = tx.actor;
  if (types.length === 0 || personId === null) return null;
  const led = new Set(types.map(({ name }) => name).filter((name) => leads(tx, name)));
  const { cases } = await readBoard(tx, { kind: null, ownerId: led.size === 0 ? personId : null }, types);
  const own = cases.filter(({ ownerId }) => ownerId === personId);
  const nobodys = cases.filter(({ ownerId, type }) => ownerId === null && led.has(type));
  if (own.length + nobodys.length === 0) return null;
  const shown = [...nobodys.slice(0, listedMax), ...own.slice(0, listedMax)];
  const names = await namesOf(tx, shown.flatMap(namesNeeded));
  const restricted = await restrictedAmong(
    tx,
    shown.map(({ id }) => id),
  );
  return {
    subject: subjectOf(own, nobodys),
    lead: leadOf(own, nobodys),
    items: shown.map((one) => {
      const hidden = restricted.has(one.id);
      const { reference = "", title = "", href = boardPath } = names.get(one.id) ?? {};
      const danger = dangerTags[one.forecast.danger].text;
      const free = one.ownerId === null ? "Nobody has it: " : "";
      return {
        // What is restricted is not said in mail.
        name: `${free}${hidden ? reference : `${reference} ${title}`}`,
        sentence: hidden
          ? `${danger}.`
          : `${danger}. ${whyOf(one, names, new Set())}. Waits for: ${waitsOn(tx.registry, one, names)}.`,
        href: `${baseUrl}${href}`,
      };
    }),
    more: moreOf(own, nobodys, `${baseUrl}${boardPath}`),
  };
};

/** Whether the person answers for every case of a kind. */
function leads({ actor }: Parameters<SayDigest>[0], type: string): boolean {
  return ledBy.every((permission) =>
    actor.grants.some((grant) => grant.type === type && grant.permission === permission && grant.scope === "all"),
  );
}

function subjectOf(own: readonly BoardCase[], nobodys: readonly BoardCase[]): string {
  const inDanger = own.filter(({ forecast }) => forecast.danger !== "fine" && forecast.danger !== "waits").length;
  const free = `nobody has ${plural(nobodys.length, "case")}`;
  if (own.length === 0) return free.charAt(0).toUpperCase() + free.slice(1);
  const yours =
    inDanger === 0
      ? "Your cases: none is in danger"
      : `Your cases: ${plural(inDanger, "is", "are")} in danger of being late`;
  return nobodys.length === 0 ? yours : `${yours}; ${free}`;
}

function leadOf(own: readonly BoardCase[], nobodys: readonly BoardCase[]): string {
  const free = `Nobody has ${plural(nobodys.length, "open case")}. Give each to somebody`;
  const yours = `You have ${plural(own.length, "open case")}. Those in the most danger come first`;
  if (own.length === 0) return `${free}. Those in the most danger come first:`;
  return nobodys.length === 0 ? `${yours}:` : `${free}: they stand first. ${yours}:`;
}

function moreOf(own: readonly BoardCase[], nobodys: readonly BoardCase[], board: string): string | null {
  if (nobodys.length > listedMax) return `The rest stand under ${board}`;
  return own.length > listedMax ? `The rest stand under ${board}?owner=me` : null;
}

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
