import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { mustImport } from "../../kernel/transfer/check.ts";
import { keysOf } from "../../kernel/transfer/columns.ts";
import { headingRows, setHeadings } from "../../kernel/transfer/headings.ts";
import { columnTargets, likelyPlan, mustHoldTogether } from "../../kernel/transfer/plan.ts";
import { findImport, importRows, isUnderWay, setImport, startStage } from "../../kernel/transfer/imports.ts";
import type { Import, ImportRow, Plan, Stage } from "../../kernel/transfer/imports.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatCount } from "../view/format.ts";
import type { FormField, ImportColumnsPage } from "../view/models.ts";
import { cut } from "./field-value.ts";
import { crumbsTo, navigationOf } from "./places.ts";

const open: readonly Stage[] = ["columns", "checked", "checking"];

/** Which column is which field: matched by name and likeness, for the person to put right. */
export async function showColumns(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const type = typeAt(page);
  mustImport(tx.actor, type);
  const file = await findImport(tx, page.params["id"] ?? "", type);
  if (!open.includes(file.stage)) return { redirect: `/${type.path}/import/${file.id}` };
  const typed = first(page.form, "blanks") !== "" ? planFrom(page, file) : null;
  const plan = typed ?? { ...likelyPlan(tx.actor, type, file), ...file.plan };
  const samples = await importRows(tx, file.id, { after: file.told.headingRow ?? 0, limit: 3 });
  const heads = await headingRows(tx, file);
  const title = `Columns of ${file.fileName}`;
  const errorAt = (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return error === undefined ? {} : { error };
  };
  const options = columnTargets(tx.actor, type).map(({ name, label }) => ({ value: name, label }));
  return {
    page: "import-columns",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
      breadcrumb: [
        ...crumbsTo(tx, type),
        { text: `Import ${type.label.many.toLowerCase()}`, href: `/${type.path}/import` },
      ],
      title,
      told: toldOf(file),
      errors: problems.map(({ field, message }) => ({
        text: message,
        ...(field ? { fieldId: `field-${field}` } : {}),
      })),
      ...(heads.length > 1 ? { headings: headingsForm(type, file, heads, errorAt("row")) } : {}),
      action: `/${type.path}/import/${file.id}/columns`,
      columns: file.headings.map((heading, at) => ({
        heading: at < (file.told.headed ?? file.headings.length) ? heading : `${heading}, which has no heading`,
        samples: samples.map(({ cells }) => cut(cells[at] ?? "", 60)).filter((text) => text.trim() !== ""),
        field: {
          id: `field-column-${at}`,
          name: `column-${at}`,
          label: `What “${heading}” becomes`,
          widget: "select",
          value: plan.columns[at] ?? (plan.ignored?.includes(at) ? leaveOut : ""),
          ...(at < (file.told.headed ?? file.headings.length)
            ? { options, placeholder: "Leave it out" }
            : {
                options: [{ value: leaveOut, label: "Leave it out" }, ...options],
                placeholder: "Reject rows with anything in it",
              }),
          ...errorAt(`column-${at}`),
        },
      })),
      fields: optionFields(tx.actor, type, plan, errorAt),
      cancel: { text: "Cancel", href: `/${type.path}/import` },
    },
  };
}

function optionFields(
  actor: Actor,
  type: RecordType,
  plan: Plan,
  errorAt: (name: string) => { error?: string },
): FormField[] {
  const many = type.label.many.toLowerCase();
  return [
    {
      id: "field-key",
      name: "key",
      label: `How a row finds one of the ${many} that are here already`,
      hint: "A row that finds one changes it; a row that finds none makes a new one",
      widget: "select",
      value: plan.key ?? "",
      placeholder: "It does not: every row makes a new one",
      options: keysOf(actor, type).map(({ name, label }) => ({ value: name, label: `By its ${label.toLowerCase()}` })),
      ...errorAt("key"),
    },
    {
      id: "field-blanks",
      name: "blanks",
      label: "An empty cell",
      widget: "radios",
      value: plan.blanks,
      options: [
        { value: "keep", label: "leaves what is there as it is" },
        { value: "empty", label: "empties the field" },
      ],
      ...errorAt("blanks"),
    },
  ];
}

function toldOf({ rowCount, told }: Import): string {
  const delimiters: Readonly<Record<string, string>> = {
    ",": "commas",
    ";": "semicolons",
    "\t": "tabs",
    "|": "upright strokes",
  };
  const how =
    told.sheet === undefined
      ? `read as ${told.encoding ?? "text"}, with ${delimiters[told.delimiter ?? ","] ?? "commas"} between the columns`
      : `from the sheet “${told.sheet}”`;
  return `${formatCount(rowCount)} ${rowCount === 1 ? "row" : "rows"}, ${how}. Say which column is which; what you leave out is not brought in.`;
}

/** What a column beyond the headings says that is left out knowingly. */
const leaveOut = "-";

function headingsForm(
  type: RecordType,
  { id, told }: Import,
  heads: readonly Pick<ImportRow, "number" | "cells">[],
  error: { error?: string },
): NonNullable<ImportColumnsPage["headings"]> {
  return {
    action: `/${type.path}/import/${id}/headings`,
    field: {
      id: "field-row",
      name: "row",
      label: "Row of the file that holds the headings",
      hint: "What stands above it is left out",
      widget: "select",
      value: String(told.headingRow ?? ""),
      options: heads.map(({ number, cells }) => ({
        value: String(number),
        label: cut(`Row ${number}: ${cells.filter((cell) => cell.trim() !== "").join(", ")}`, 70),
      })),
      ...error,
    },
  };
}

function planFrom(page: PageRequest, { headings, told }: Import): Plan {
  const said = headings.map((_heading, at) => first(page.form, `column-${at}`));
  const beyond = (at: number) => at >= (told.headed ?? headings.length);
  return {
    columns: said.map((name, at) => (name === "" || (name === leaveOut && beyond(at)) ? null : name)),
    ignored: said.flatMap((name, at) => (name === leaveOut && beyond(at) ? [at] : [])),
    key: first(page.form, "key") || null,
    blanks: first(page.form, "blanks") === "empty" ? "empty" : "keep",
  };
}

/** POST: takes another row for the headings, while nothing is saved. */
export function postHeadings(page: PageRequest): Promise<PageAnswer> {
  return whileOpen(page, async (tx, type, file, place) => {
    const row = first(page.form, "row");
    await setHeadings(tx, type, file, /^\d{1,7}$/.test(row) ? Number(row) : 0);
    return `${place}/columns`;
  });
}

/** POST: keeps which column is which and starts the check of every row. Sent twice it starts one. */
export function postColumns(page: PageRequest): Promise<PageAnswer> {
  return whileOpen(page, async (tx, type, file, place) => {
    const plan = planFrom(page, file);
    mustHoldTogether(tx.actor, type, file, plan);
    await setImport(tx, file.id, { plan });
    await startStage(tx, type, file, "checking");
    return place;
  });
}

/**
 * Does something to a file of which nothing is saved yet and nothing goes on, and leads to where that says; otherwise only to
 * the import. What is refused as invalid is shown beside the columns.
 */
async function whileOpen(
  page: PageRequest,
  work: (tx: Tx, type: RecordType, file: Import, place: string) => Promise<string>,
): Promise<PageAnswer> {
  const type = typeAt(page);
  try {
    return await page.as(async (tx) => {
      mustImport(tx.actor, type);
      const file = await findImport(tx, page.params["id"] ?? "", type, { locked: true });
      const place = `/${type.path}/import/${file.id}`;
      if (!open.includes(file.stage) || (await isUnderWay(tx, file))) return { redirect: place };
      return { redirect: await work(tx, type, file, place) };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => showColumns(page, tx, problems));
  }
}
