import type { FastifyInstance } from "fastify";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { isId } from "../../kernel/store/find.ts";
import { list } from "../../kernel/store/list.ts";
import type { ListQuery } from "../../kernel/store/list.ts";
import { submitOnce } from "../../kernel/store/submission.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { may } from "../../kernel/access.ts";
import { checkPlaces } from "../../kernel/templates/fill.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { startBulk } from "../../kernel/bulk/bulk.ts";
import { doTo, previewOf, reasonOf } from "../../kernel/bulk/deed.ts";
import type { Chosen, Given, Preview } from "../../kernel/bulk/deed.ts";
import { askedBy, chosenRecords, deedName, deedNamed } from "./bulk-choice.ts";
import type { Deed } from "./bulk-choice.ts";
import { postBulkJob, showBulkJob } from "./bulk-job.ts";
import { choicePage, detailsPage, previewPage, resultPage } from "./bulk-pages.ts";
import type { Asking, Done } from "./bulk-pages.ts";
import { readForm } from "./form-reading.ts";
import { textOf } from "./move-form.ts";
import { asksSomething } from "./moves.ts";

/**
 * Changing several records at once, in four pages: what to do, with which values, a preview of what that comes to for
 * each, and what was done. Nothing is written before the last.
 */
export function registerBulk(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get("/:path/bulk", pageRoute(parts, ask));
  app.post("/:path/bulk/preview", form, pageRoute(parts, preview));
  app.post("/:path/bulk", form, pageRoute(parts, doAll));
  app.get("/:path/bulk/:id", pageRoute(parts, showBulkJob));
  app.post("/:path/bulk/:id", form, pageRoute(parts, postBulkJob));
}

/** What was asked for: of which records, and what to do. Refuses (unseen) someone who may read nothing of the type. */
async function asking(page: PageRequest, tx: Tx, form: Form): Promise<Asking & { readonly deed: Deed | null }> {
  const type = typeAt(page);
  if (!may(tx.actor, type.name, "read")) unseen("There is no such page");
  return {
    type,
    ...(await chosenRecords(tx, type, form)),
    deed: deedNamed(tx, type, form),
    view: first(form, "view").slice(0, 4000),
  };
}

/** GET: what to do; or the values it asks for; or, where it asks for none, what it comes to. */
function ask(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const { deed, ...rest } = await asking(page, tx, page.query);
    if (deed === null) return choicePage(page, tx, rest);
    const asks = deed.kind === "field" || asksSomething(deed.move);
    const asked = { ...rest, deed };
    // Looking at many of them is a job, which no address may start.
    if (asks || asked.query) return detailsPage(page, tx, asked, { template: first(page.query, "template") });
    return previewPage(page, tx, { ...asked, typed: {} }, await previewsOf(tx, asked, { values: {}, comment: "" }));
  });
}

/** POST: what it comes to for each record. Values that no record could take lead back to their form. */
function preview(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const { deed, ...rest } = await asking(page, tx, page.form);
    if (deed === null) return choicePage(page, tx, rest);
    const asked = { ...rest, deed };
    try {
      const given = await givenIn(tx, asked.type, deed, page.form);
      const first = asked.query ? await beginningOf(tx, asked.type, asked.query) : asked.chosen;
      const previews = await previewsOf(tx, { ...asked, chosen: first }, given);
      const problems = previews.some(({ outcome }) => outcome) ? [] : previews.flatMap((one) => one.problems ?? []);
      if (problems.length > 0)
        return await detailsPage(page, tx, asked, { again: { form: page.form, problems: unique(problems) } });
      if (asked.query) return { redirect: await previewByJob(tx, asked, asked.query, given) };
      return await previewPage(page, tx, { ...asked, typed: page.form }, previews);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
      return detailsPage(page, tx, asked, { again: { form: page.form, problems: error.problems } });
    }
  });
}

/** A few of many records: values that none of them can take are told at once, not by a job. */
async function beginningOf(tx: Tx, type: RecordType, query: ListQuery): Promise<readonly Chosen[]> {
  const { items } = await list(tx, type, { ...query, fields: [], sort: "reference", limit: 5 });
  return items.map(({ reference, version }) => ({ reference, version }));
}

/** Too many for a page: a job looks at them. Gives the page that shows it. */
async function previewByJob(
  tx: Tx,
  { type, deed, view }: Asking & { deed: Deed },
  query: ListQuery,
  given: Given,
): Promise<string> {
  const page = (id: string) => `/${type.path}/bulk/${id}`;
  const { kind, name } = deed;
  return page(await startBulk(tx, type, { query, deed: { kind, name }, given, view, title: deed.label, page }));
}

async function previewsOf(tx: Tx, { type, deed, chosen }: Asking & { deed: Deed }, given: Given): Promise<Preview[]> {
  const previews: Preview[] = [];
  for (const one of chosen) previews.push(await previewOf(tx, type, deed, given, one));
  return previews;
}

/** Each problem once, however many records it was found in. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.field ?? ""} ${problem.message}`, problem])).values()].slice(
    0,
    10,
  );
}

async function givenIn(tx: Tx, type: RecordType, deed: Deed, form: Form): Promise<Given> {
  const names = askedBy(tx, type, deed);
  const values = await readForm(tx, type, form, names, null);
  const comment =
    deed.kind === "move" && deed.move.comment ? first(form, "comment").replaceAll("\r\n", "\n").trim() : "";
  const text = deed.kind === "move" ? textOf(type, deed.move, names) : undefined;
  if (text === undefined || first(form, "fills") !== text) return { values, comment };
  checkPlaces(type, text === "comment" ? comment : String(values[text] ?? ""), text);
  return { values, comment, fills: text };
}

/**
 * POST: does it, each record in a transaction of its own and once for each sending, so that what is refused stops
 * nothing else and a form sent twice, or again after a fault, does no record twice.
 */
async function doAll(page: PageRequest): Promise<PageAnswer> {
  const { form } = page;
  const submission = first(form, "_submission");
  if (!isId(submission)) refuse("_submission", "This form is not whole. Go back to the preview and send it again");
  const asked = await page.as(async (tx) => {
    const { deed, ...rest } = await asking(page, tx, form);
    if (deed === null) refuse("do", "Select what to do with them");
    if (rest.query) refuse("record", "These are too many to change at once. Begin again from the list");
    return { ...rest, deed, given: await givenIn(tx, rest.type, deed, form) };
  });
  const done: Done[] = [];
  for (const chosen of asked.chosen) done.push(await doOnce(page, asked, chosen, `${submission}.${chosen.reference}`));
  return page.as((tx) => resultPage(page, tx, asked, done));
}

async function doOnce(
  page: PageRequest,
  { type, deed, given }: { type: RecordType; deed: Deed; given: Given },
  chosen: Chosen,
  key: string,
): Promise<Done> {
  const content = [page.request.url, deedName(deed), given, chosen];
  try {
    await page.as((tx) =>
      submitOnce(tx, key, content, async () => {
        const { id } = await doTo(tx, type, deed, given, chosen);
        return { status: 200, location: page.request.url, recordId: id };
      }),
    );
    return { reference: chosen.reference };
  } catch (error) {
    if (error instanceof Refusal) return { reference: chosen.reference, reason: reasonOf(error) };
    page.request.log.error({ err: error }, "a record could not be changed with others");
    return { reference: chosen.reference, reason: "Something went wrong, and the fault is ours. It stays as it was." };
  }
}
