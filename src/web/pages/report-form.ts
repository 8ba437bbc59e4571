import type { FastifyInstance } from "fastify";
import { Refusal, refuse, unseen } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { Measure } from "../../kernel/measures/measure.ts";
import { periodUsual } from "../../kernel/measures/periods.ts";
import { findReport, saveReport } from "../../kernel/reports/reports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { narrowingControls, periodControls, readPeriod } from "../measures/asked.ts";
import {
  filterPrefix,
  measuresMax,
  measuresSeen,
  readReport,
  reportGroupings,
  reportQuery,
} from "../measures/report.ts";
import { targetOf } from "../../kernel/transfer/cells.ts";
import { namesOf } from "../names.ts";
import { all, first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { Filter, ReportFormPage } from "../view/models.ts";
import { formOf } from "./list-address.ts";

/** Making a report, and changing one's own. */
export function registerReportForm(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get(
    "/reports/new",
    pageRoute(parts, (page) => show(page, null)),
  );
  app.post(
    "/reports",
    form,
    pageRoute(parts, (page) => save(page, null)),
  );
  app.get(
    "/reports/:report/change",
    pageRoute(parts, (page) => show(page, page.params["report"] ?? "")),
  );
  app.post(
    "/reports/:report/change",
    form,
    pageRoute(parts, (page) => save(page, page.params["report"] ?? "")),
  );
}

/** What the form holds: the report's name, its team, and its query as a form. */
interface Held {
  readonly name: string;
  readonly team: string;
  readonly query: Form;
}

function show(page: PageRequest, id: string | null): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const held: Held =
      id === null
        ? { name: "", team: "", query: { period: periodUsual, m: all(page.query, "m") } }
        : await ownReport(tx, id).then(({ name, teamId, query }) => ({
            name,
            team: teamId ?? "",
            query: formOf(query),
          }));
    return formPage(page, tx, { id, held, problems: [] });
  });
}

async function ownReport(tx: Tx, id: string) {
  const report = await findReport(tx, id);
  return report.own ? report : unseen("There is no such report, or you may not change it");
}

async function save(page: PageRequest, id: string | null): Promise<PageAnswer> {
  const { form } = page;
  const measures = all(form, "measure").map((name) => `${name}.${first(form, `by-${name}`)}`);
  const held: Held = {
    name: first(form, "name").trim().replaceAll(/\s+/g, " "),
    team: first(form, "team"),
    query: { ...form, m: measures },
  };
  try {
    const saved = await page.as(async (tx) => {
      if (id !== null) await ownReport(tx, id);
      const asked = await readReport(tx, held.query);
      if (asked.items.length === 0) refuse("measures", "Select at least one measure");
      return saveReport(tx, {
        id,
        name: held.name,
        teamId: held.team === "" ? null : held.team,
        query: reportQuery(asked, tx.registry.types),
      });
    });
    return { redirect: `/reports/${saved}`, flash: `The report “${held.name}” is saved.` };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => formPage(page, tx, { id, held, problems }));
  }
}

async function formPage(
  page: PageRequest,
  tx: Tx,
  { id, held, problems }: { id: string | null; held: Held; problems: readonly Problem[] },
): Promise<PageAnswer> {
  const seen = measuresSeen(tx);
  if (seen.length === 0) unseen("There is no such page");
  const title = id === null ? "New report" : "Change the report";
  const shell = await page.shell(tx, { title, current: "/reports" });
  const error = (name: string) => problems.find((problem) => problem.field === name)?.message;
  const [nameError, measuresError] = [error("name"), error("measures")];
  const share = await shareControl(tx, held.team);
  const cancelHref = id === null ? "/reports" : `/reports/${id}`;
  const model: ReportFormPage = {
    shell,
    breadcrumb: [{ text: "Reports", href: "/reports" }],
    title,
    errors: problems.map(({ field, message }) => ({ text: message, fieldId: field === "name" ? "name" : "measures" })),
    action: id === null ? "/reports" : `/reports/${id}/change`,
    name: { value: held.name, ...(nameError === undefined ? {} : { error: nameError }) },
    ...(share ? { share } : {}),
    period: periodControls(periodHeld(held.query, tx.now)),
    measures: await groupsOf(tx, seen, held.query),
    ...(measuresError === undefined ? {} : { measuresError }),
    cancelHref,
  };
  return { page: "report-form", model, status: problems.length > 0 ? 422 : 200 };
}

/** The period in the form; the usual one where what was typed is none, for the error says so. */
function periodHeld(query: Form, now: Temporal.Instant) {
  try {
    return readPeriod(query, now);
  } catch {
    return readPeriod({}, now);
  }
}

async function shareControl(tx: Tx, team: string): Promise<Filter | null> {
  if (tx.actor.teams.length === 0) return null;
  const names = await namesOf(tx, tx.actor.teams);
  return {
    kind: "select",
    name: "team",
    label: "Share it with",
    options: [
      { value: "", label: "Only me" },
      ...tx.actor.teams.map((id) => ({
        value: id,
        label: names.get(id)?.title ?? "A team of yours",
        selected: id === team,
      })),
    ],
  };
}

/** The measures to choose from, by the kind of record that they count, with what narrows them. */
async function groupsOf(tx: Tx, seen: readonly Measure[], query: Form): Promise<ReportFormPage["measures"]> {
  const chosen = new Map(
    all(query, "m")
      .slice(0, measuresMax)
      .map((text) => text.split("."))
      .map(([name = "", by = ""]) => [name, by] as const),
  );
  const groups: ReportFormPage["measures"][number][] = [];
  for (const [type, measures] of Map.groupBy(seen, (measure) => measure.type)) {
    const prefix = filterPrefix(type);
    const where = Object.fromEntries(
      Object.keys(query)
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), all(query, name).filter((value) => value !== "")]),
    );
    groups.push({
      label: type.label.many,
      items: measures.map((measure) => ({
        name: measure.name,
        label: measure.label,
        chosen: chosen.has(measure.name),
        by: reportGroupings(tx.actor, measure)
          .map(({ name, label }) => ({
            value: name,
            label,
            selected: name === (chosen.get(measure.name) ?? measure.usuallyBy),
          }))
          // Seen by others of its kind, nearly each is a group of its own.
          .filter(({ value, selected }) => selected || targetOf(type, value)?.type !== type.name),
      })),
      filters: await narrowingControls(tx, measures[0]!, where, prefix),
    });
  }
  return groups;
}
