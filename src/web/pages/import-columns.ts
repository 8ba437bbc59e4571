import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { mustImport } from "../../kernel/transfer/check.ts";
import { keysOf } from "../../kernel/transfer/columns.ts";
import { columnTargets, likelyPlan, mustHoldTogether } from "../../kernel/transfer/plan.ts";
import { findImport, importRows, isUnderWay, setImport, startStage } from "../../kernel/transfer/imports.ts";
import type { Import, Plan, Stage } from "../../kernel/transfer/imports.ts";
import type { Actor, Tx } from "../../kernel/transaction.ts";
import { first, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import { formatCount } from "../view/format.ts";
import type { FormField } from "../view/models.ts";
import { cut } from "./field-value.ts";
import { crumbsTo, navigationOf } from "./places.ts";

const open: readonly Stage[] = ["columns", "checked", "checking"];

/** Which column is which field: matched by name and likeness, for the person to put right. */
export async function showColumns(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const type = typeAt(page);
  mustImport(tx.actor, type);
  const file = await findImport(tx, page.params["id"] ?? "", type);
  if (!open.includes(file.stage)) return { redirect: `/${type.path}/import/${file.id}` };
  const typed = page.request.method === "POST" ? planFrom(page, file) : null;
  const plan = typed ?? { ...likelyPlan(tx.actor, type, file), ...file.plan };
  const samples = await importRows(tx, file.id, { limit: 3 });
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
      action: `/${type.path}/import/${file.id}/columns`,
      columns: file.headings.map((heading, at) => ({
        heading,
        samples: samples.map(({ cells }) => cut(cells[at] ?? "", 60)).filter((text) => text.trim() !== ""),
        field: {
          id: `field-column-${at}`,
          name: `column-${at}`,
          label: `What “${heading}” becomes`,
          widget: "select",
          value: plan.columns[at] ?? "",
          options,
          placeholder: "Leave it out",
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

function planFrom(page: PageRequest, { headings }: Import): Plan {
  return {
    columns: headings.map((_heading, at) => first(page.form, `column-${at}`) || null),
    key: first(page.form, "key") || null,
    blanks: first(page.form, "blanks") === "empty" ? "empty" : "keep",
  };
}

/** POST: keeps which column is which and starts the check of every row. Sent twice it starts one. */
export async function postColumns(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  try {
    return await page.as(async (tx) => {
      mustImport(tx.actor, type);
      const file = await findImport(tx, page.params["id"] ?? "", type, { locked: true });
      const place = `/${type.path}/import/${file.id}`;
      if (!open.includes(file.stage) || (await isUnderWay(tx, file))) return { redirect: place };
      const plan = planFrom(page, file);
      mustHoldTogether(tx.actor, type, file, plan);
      await setImport(tx, file.id, { plan });
      await startStage(tx, type, file, "checking");
      return { redirect: place };
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const { problems } = error;
    return page.as((tx) => showColumns(page, tx, problems));
  }
}
