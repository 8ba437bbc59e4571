import { refuse } from "../../../kernel/errors.ts";
import { workingDateAfter } from "../../../kernel/clocks/working-days.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { say } from "../../../kernel/store/comment.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { followClock } from "../answering/follow-clock.ts";
import { isWorking, planFor, workingCalendar } from "../answering/plan.ts";
import { dueDay, guardExtension } from "../handling.ts";
import { usualReview } from "../letter/usual-words.ts";
import { weighedSections } from "./rule.ts";
import { sectionLabels, sectionTests } from "./sections.ts";
import type { Section } from "./sections.ts";

type Values = Readonly<Record<string, unknown>>;

/** The exemptions of the Act for which the time is extended: those whose public interest is weighed. FOIA s10(3). */
export const weighedExemptions: Readonly<Record<string, string>> = Object.fromEntries(
  weighedSections
    .filter((section) => sectionTests[section].law === "foi")
    .map((section) => [section, sectionLabels[section]]),
);

/** Only a request under the Act is extended for an exemption. */
export function isOfAct({ values }: Pick<Stored, "values">): boolean {
  return values["regime"] === "foi";
}

/** Only re-use is extended because it is extensive or complex, and to a day that is told. SI 2015/1415 reg 8(2) and (3). */
export function isReuse({ values }: Pick<Stored, "values">): boolean {
  return values["regime"] === "reuse";
}

/** Those that the form of an extension offers: under the Regulations, and of a review, none is weighed. */
export function offeredWeighed(_tx: Tx, request: Stored): Promise<readonly string[]> {
  return Promise.resolve(isOfAct(request) ? Object.keys(weighedExemptions) : []);
}

/** Why re-use is extended, which the form asks of nothing else. */
export function offeredGround(_tx: Tx, request: Stored): Promise<readonly string[]> {
  return Promise.resolve(isReuse(request) ? ["extensive", "complex"] : []);
}

/** The day that is told belongs to the same. */
export function offeredDay(_tx: Tx, request: Stored): Promise<readonly string[]> {
  return Promise.resolve(isReuse(request) ? ["told"] : []);
}

/** A notice of extension comes in time and, under the Act, says for which exemption the public interest is weighed. */
export async function guardExtensionNotice(tx: Tx, request: Stored, values: Values): Promise<void> {
  await guardExtension(tx, request, values);
  if (isReuse(request)) return guardReuseNotice(tx, request, values);
  for (const name of ["extendedGround", "extendedTo"])
    if (values[name]) refuse(name, "Leave this empty: only the Regulations on re-use ask for it");
  if (isOfAct(request) && !values["extendedFor"])
    refuse(
      "extendedFor",
      "Select the exemption whose public interest is weighed. For nothing else does section 10(3) give more time",
    );
}

/** Longer than this after receipt no time is reasonable: days. */
const reasonableMax = 366;

/**
 * The notice of re-use is given within the 20 working days also where one was given before, says why the Regulations allow it,
 * and tells a working day after them. SI 2015/1415 reg 8(2) and (3).
 */
async function guardReuseNotice(tx: Tx, request: Stored, values: Values): Promise<void> {
  const { extendedOn, extendedGround, extendedTo } = values;
  const calendar = await workingCalendar(tx);
  const received = String(request.values["receivedOn"]);
  const first = workingDateAfter(calendar, received, 20);
  if (String(extendedOn) > first)
    refuse("extendedOn", `The notice must be given by ${formatDay(first)}. After that the law gives no more time`);
  if (!extendedGround) refuse("extendedGround", "Select why the Regulations on re-use allow it");
  if (typeof extendedTo !== "string") return refuse("extendedTo", "Enter the day by which you expect to answer");
  const last = Temporal.PlainDate.from(received).add({ days: reasonableMax }).toString();
  if (extendedTo <= first) refuse("extendedTo", `Give a day after ${formatDay(first)}, which is the deadline anyway`);
  if (extendedTo > last) refuse("extendedTo", "Give a day within a year: only a time that is reasonable is allowed");
  if (!isWorking(calendar, extendedTo)) refuse("extendedTo", "Give a working day");
}

/** Tells whoever asked that the time is extended, in the words that the law wants; and the days of questions and text follow. */
export async function giveExtensionNotice(tx: Tx, request: Stored): Promise<void> {
  await followClock(tx, request);
  const { regime, extendedFor, extendedBecause } = request.values;
  const due = await dueDay(tx, request);
  const by = due === null ? "" : ` We expect to answer by ${formatDay(due)}.`;
  const why = String(extendedBecause ?? "");
  const section =
    typeof extendedFor === "string" && Object.hasOwn(sectionTests, extendedFor)
      ? sectionTests[extendedFor as Section]
      : null; // its own keys are sections
  const text =
    regime === "eir"
      ? `We need more time to answer your request. It is complex and voluminous, so under regulation 7(1) of the Environmental Information Regulations 2004 we have up to 40 working days.${by}\n\n${why}`
      : section
        ? `We need more time to answer your request. The information, or some of it, may be exempt under ${section.cited}, and we have still to weigh the public interest. Section 10(3) of the Act gives us the time that is reasonable for that.${by}\n\n${why}`
        : regime === "reuse"
          ? `We have not reached a decision yet on your request to re-use information. ${reuseGround(request)} Regulation 8(2) of the Re-use of Public Sector Information Regulations 2015 gives us the time that is reasonable for that.${by}\n\n${why}`
          : `We need more time for this review.${by}\n\n${why}`;
  await notice(tx, request, text);
}

function reuseGround({ values }: Stored): string {
  return values["extendedGround"] === "extensive"
    ? "What you ask for is extensive in quantity."
    : "Your request raises complex issues.";
}

/** Tells whoever asked what it costs, by when it is paid, and that the days until then do not count. */
export async function giveFeesNotice(tx: Tx, request: Stored): Promise<void> {
  const { regime, fee, feesNoticeOn } = request.values;
  const { payment } = await planFor(tx, request.type);
  const amount = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" }).format(Number(fee) / 100);
  const law =
    regime === "eir"
      ? "regulation 8 of the Environmental Information Regulations 2004. Please pay within 60 working days of this notice"
      : "section 9 of the Freedom of Information Act 2000. Please pay within three months of this notice";
  const how = payment === null ? "" : ` ${payment}`;
  await notice(
    tx,
    request,
    `To answer your request we charge a fee of ${amount.replace(/\.00$/, "")}, under ${law}; if you do not, we need not answer.${how}\n\nThe days from this notice${typeof feesNoticeOn === "string" ? ` of ${formatDay(feesNoticeOn)}` : ""} until you pay do not count towards the time that we have.`,
  );
}

async function notice(tx: Tx, request: Stored, text: string): Promise<void> {
  const { regime } = request.values;
  const law = regime === "reuse" ? "reuse" : String(regime).startsWith("eir") ? "eir" : "foi";
  const { reviewAddress } = await planFor(tx, request.type);
  const isReview = String(regime).endsWith("_review");
  const review = usualReview(law, { reviewAddress, isReview });
  await say(tx, typeNamed(tx.registry, request.type), request, { text: `${text}\n\n${review}`, audience: "everyone" });
}
