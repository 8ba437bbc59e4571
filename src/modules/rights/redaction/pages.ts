import type { FastifyInstance } from "fastify";
import { may } from "../../../kernel/access.ts";
import { Refusal, refuse, unseen } from "../../../kernel/errors.ts";
import { findFile } from "../../../kernel/files/files.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { plural } from "../../../web/view/format.ts";
import { bytesOf } from "./copy.ts";
import { lineOf, marksOf, mustFit, originalOf } from "./handling.ts";
import { postRedact, redactForm } from "./from-request.ts";
import { knownNames } from "./known-names.ts";
import { added, markId, marksFrom, marksOfFound, sectionIn } from "./marking.ts";
import type { Mark } from "./marks.ts";
import { markingModel } from "./marking-page.ts";
import type { KnownName } from "./names.ts";
import { pagesMax } from "./pdf.ts";
import { redactionAt, scheduleFile, schedulePage } from "./schedule.ts";
import { surveyPage } from "./survey.ts";
import { inThread } from "./thread.ts";

/** The pages on which PDF is marked, and the schedule of what is withheld. */
export function registerRedaction(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  for (const type of ["information_request", "data_protection_request"] as const) {
    const file = `/${typeNamed(parts.registry, type).path}/:reference/redact/:file`;
    app.get(file, pageRoute(parts, redactForm(type)));
    app.post(file, guarded, pageRoute(parts, postRedact(type)));
  }
  app.get("/redactions/:reference/marking", pageRoute(parts, getMarking));
  app.post("/redactions/:reference/marking", guarded, pageRoute(parts, postMarking));
  app.get("/redactions/:reference/picture", pageRoute(parts, getPicture));
  app.get("/redactions/:reference/survey", pageRoute(parts, getSurvey));
  app.get("/redactions/:reference/schedule", pageRoute(parts, schedulePage));
  app.get("/redactions/:reference/schedule.csv", pageRoute(parts, scheduleFile));
}

/** How long one page, and a look through the whole document, may take. */
const pageMs = 20_000;
const wholeMs = 60_000;

/** A redaction with its original, as the person may see them. */
interface Opened {
  readonly redaction: Stored;
  readonly bytes: Uint8Array;
  readonly names: readonly KnownName[];
}

async function open(page: PageRequest): Promise<Opened> {
  const { redaction, sha256, names } = await page.as(async (tx) => {
    const redaction = await redactionAt(page, tx);
    const { sha256 } = await findFile(tx, originalOf(redaction));
    return { redaction, sha256, names: await knownNames(tx, redaction) };
  });
  return { redaction, names, bytes: await bytesOf(page.parts.filesFolder, sha256) };
}

/** Whether the person may mark it now. */
function mayMark(tx: Tx, redaction: Stored): boolean {
  return redaction.state === "marking" && may(tx.actor, "redaction", "change", redaction);
}

function pageIn({ query }: PageRequest): number {
  const asked = first(query, "page") || "1";
  if (!/^\d{1,4}$/.test(asked) || Number(asked) < 1 || Number(asked) > pagesMax)
    return unseen("There is no such page in this PDF");
  return Number(asked);
}

function getMarking(page: PageRequest): Promise<PageAnswer> {
  return showMarking(page, null);
}

async function showMarking(page: PageRequest, refusal: Refusal | null): Promise<PageAnswer> {
  const number = pageIn(page);
  const { redaction, bytes, names } = await open(page);
  const seen = await inThread(bytes, { task: "page", page: number, names }, { timeoutMs: pageMs });
  return page.as(async (tx) => ({
    page: "marking",
    status: refusal ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title: `Mark ${redaction.reference}, page ${number}`, current: "/redactions" }),
      ...markingModel(tx, redaction, {
        number,
        seen,
        canMark: mayMark(tx, redaction),
        form: page.form,
        problems: refusal?.problems ?? [],
      }),
    },
  }));
}

async function getPicture(page: PageRequest): Promise<PageAnswer> {
  const number = pageIn(page);
  const { bytes } = await open(page);
  const picture = await inThread(bytes, { task: "picture", page: number }, { timeoutMs: pageMs });
  return {
    body: Buffer.from(picture),
    type: "image/jpeg",
    headers: { "cache-control": "private, no-store", "content-security-policy": "default-src 'none'" },
  };
}

async function getSurvey(page: PageRequest): Promise<PageAnswer> {
  const { redaction, bytes, names } = await open(page);
  const pages = await inThread(bytes, { task: "survey", names, marks: marksOf(redaction) }, { timeoutMs: wholeMs });
  return page.as((tx) => surveyPage(page, tx, redaction, pages));
}

async function postMarking(page: PageRequest): Promise<PageAnswer> {
  try {
    const number = pageIn(page);
    const asked = first(page.form, "do") || "mark";
    const marks = await marksAsked(page, asked, number);
    const said = await page.as((tx) => keepMarks(page, tx, marks));
    return {
      redirect: `/redactions/${encodeURIComponent(page.params["reference"] ?? "")}/marking?page=${number}`,
      flash: said,
    };
  } catch (error) {
    if (error instanceof Refusal && error.kind === "invalid") return showMarking(page, error);
    throw error;
  }
}

/** What the marks become by what was asked for. */
type Changed = (before: readonly Mark[]) => readonly Mark[];

async function marksAsked(page: PageRequest, asked: string, number: number): Promise<Changed> {
  if (asked.startsWith("off:")) return (before) => before.filter((mark) => `off:${markId(mark)}` !== asked);
  if (asked === "mark") {
    const marks = marksFrom(page.form, number);
    return (before) => added(before, marks);
  }
  const section = sectionIn(page.form);
  const typed = asked === "typed" ? first(page.form, "typed").trim().slice(0, 200) : "";
  if (asked === "typed" && typed === "") refuse("typed", "Enter the words to mark wherever they stand");
  const { bytes, names } = await open(page);
  const found = await inThread(bytes, { task: "find", names, typed }, { timeoutMs: wholeMs });
  if (found.length === 0)
    refuse(
      "typed",
      typed === ""
        ? "Nothing in this document looks like something of a person"
        : "These words do not stand in this document",
    );
  const marks = marksOfFound(found, section);
  return (before) => added(before, marks);
}

async function keepMarks(page: PageRequest, tx: Tx, changed: Changed): Promise<string> {
  const type = typeNamed(tx.registry, "redaction");
  const redaction = await redactionAt(page, tx);
  const before = marksOf(redaction);
  const after = changed(before);
  mustFit(after.length);
  const lines = redaction.values["marks"];
  // Marks that stay keep their lines, so that the timeline tells of the others alone.
  const kept = new Map(
    (Array.isArray(lines) ? lines : []).map((line: { id?: string }, at) => [before[at], line.id] as const),
  );
  const marks = after.map((mark) => {
    const id = kept.get(mark);
    return { ...(id === undefined ? {} : { id }), ...lineOf(mark) };
  });
  await change(tx, type, redaction.id, redaction.version, { marks });
  const more = after.length - before.length;
  if (more === 0) return "These were marked already";
  return more > 0 ? `${plural(more, "mark")} made` : `${plural(-more, "mark")} taken off`;
}
