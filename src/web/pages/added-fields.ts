import type { FastifyInstance } from "fastify";
import { may, mustBeAllowed } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import { extendable } from "../../kernel/added/added-field.record.ts";
import { addedKinds } from "../../kernel/added/kinds.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { change } from "../../kernel/store/change.ts";
import { list, pageMax } from "../../kernel/store/list.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import type { FieldsPage } from "../view/models.ts";
import { addFieldPage, fieldsPath, postAddField } from "./added-field-form.ts";
import { addressOf } from "./places.ts";

/** The fields of each type: what the definition has, what the organisation added, in which order; and the form for one more. */
export function registerAddedFields(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  app.get(fieldsPath, pageRoute(parts, typesPage));
  app.get(
    `${fieldsPath}/:path`,
    pageRoute(parts, (page) => page.as((tx) => fieldsPage(page, tx, typeAt(page)))),
  );
  app.post(`${fieldsPath}/:path/order`, own, pageRoute(parts, postOrder));
  app.get(
    `${fieldsPath}/:path/new`,
    pageRoute(parts, (page) => page.as((tx) => addFieldPage(page, tx, typeAt(page), []))),
  );
  app.post(`${fieldsPath}/:path/new`, own, pageRoute(parts, postAddField));
}

function typesPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mayLook(tx);
    const groups = tx.registry.modules.map(({ label, records }) => ({
      label,
      cards: records
        .filter(({ name }) => name !== "added_field")
        .map((type) => {
          const added = Object.values(type.fields).filter(({ options }) => options.added && !options.added.retired);
          return {
            title: type.label.many,
            href: `${fieldsPath}/${type.path}`,
            text:
              added.length === 0
                ? "As Reeve has it."
                : `Added: ${added
                    .slice(0, 5)
                    .map(({ options }) => options.label)
                    .join(", ")}${added.length > 5 ? " and more" : ""}.`,
          };
        }),
    }));
    return {
      page: "admin",
      model: {
        shell: await page.shell(tx, { title: "Fields", current: "/administration" }),
        breadcrumb: [{ text: "Administration", href: "/administration" }],
        title: "Fields",
        intro:
          "What each type of record asks for. Open one to add a field of your own, or choices to a field that takes more.",
        groups,
      },
    };
  });
}

function mayLook(tx: Tx): void {
  if (!may(tx.actor, "added_field", "read") || !may(tx.actor, "added_field", "change")) unseen("There is no such page");
}

async function addedTo(tx: Tx, type: RecordType): Promise<readonly Stored[]> {
  const { items } = await list(tx, typeNamed(tx.registry, "added_field"), {
    where: { recordType: [type.name] },
    sort: "position",
    limit: pageMax,
  });
  // In use first, in their order.
  return items.toSorted((one, other) => Number(one.closedAt !== null) - Number(other.closedAt !== null));
}

async function fieldsPage(page: PageRequest, tx: Tx, type: RecordType): Promise<PageAnswer> {
  mayLook(tx);
  const added = await addedTo(tx, type);
  const inUse = added.filter(({ closedAt }) => closedAt === null);
  const here = `${fieldsPath}/${type.path}`;
  const many = type.label.many;
  const adds = may(tx.actor, "added_field", "create");
  const model: FieldsPage = {
    shell: await page.shell(tx, { title: `Fields of ${many.toLowerCase()}`, current: "/administration" }),
    breadcrumb: [
      { text: "Administration", href: "/administration" },
      { text: "Fields", href: fieldsPath },
    ],
    title: `Fields of ${many.toLowerCase()}`,
    intro:
      "What a record asks for and shows. Open a field that you added to change what it is called, its help or its choices, or to retire it: what records hold of it is kept.",
    ...(adds ? { add: { text: "Add a field", href: `${here}/new` } } : {}),
    ...(adds && extendable(type).length > 0
      ? { extend: { text: "Add choices to a field", href: `${here}/new?kind=more-choices` } }
      : {}),
    own: added.map((record) => {
      const at = inUse.indexOf(record);
      return {
        label: record.title,
        href: addressOf(tx, record),
        text: wordsFor(type, record),
        retired: record.closedAt !== null,
        ...(at > 0 ? { up: `up:${record.reference}` } : {}),
        ...(at >= 0 && at < inUse.length - 1 ? { down: `down:${record.reference}` } : {}),
      };
    }),
    orderAction: `${here}/order`,
    table: definitionTable(type),
  };
  return { page: "fields", model };
}

function wordsFor(type: RecordType, { values }: Stored): string {
  const field = type.fields[String(values["extends"] ?? "")];
  if (field) return `More choices for “${field.options.label}”`;
  const kind = addedKinds[String(values["kind"])]?.label ?? "";
  const more = [
    ...(values["required"] === true ? ["must be given"] : []),
    ...(values["internal"] === true ? ["among officers only"] : []),
  ];
  return `${[kind, ...more].join(", ")}. In files and the API: ${String(values["name"])}`;
}

function definitionTable(type: RecordType): FieldsPage["table"] {
  const fields = Object.entries(type.fields).filter(([, { options }]) => !options.added);
  return {
    caption: `Fields of ${type.label.many.toLowerCase()} that Reeve has`,
    columns: [{ label: "Field" }, { label: "Kind" }, { label: "Name in files and the API" }, { label: "Given" }],
    rows: fields.map(([name, { kind, options }]) => ({
      cells: [
        { kind: "text", text: options.label },
        { kind: "text", text: kind.name },
        { kind: "text", text: name },
        options.required ? { kind: "text", text: "Always" } : { kind: "empty" },
      ],
    })),
  };
}

/** POST: one place up or down. All that are in use get places anew, ten apart, so that two of one place are told apart. */
async function postOrder(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  const [way, reference] = first(page.form, "move").split(":");
  await page.as(async (tx) => {
    mayLook(tx);
    const AddedField = typeNamed(tx.registry, "added_field");
    mustBeAllowed(tx.actor, AddedField, "change", "change the order of fields");
    const order = (await addedTo(tx, type)).filter(({ closedAt }) => closedAt === null);
    const at = order.findIndex((record) => record.reference === reference);
    const to = at + (way === "up" ? -1 : 1);
    const moved = order[at];
    // Somebody else has changed it meanwhile: the page shows how it is.
    if (!moved || !order[to]) return;
    const next = order.toSpliced(at, 1).toSpliced(to, 0, moved);
    for (const [place, record] of next.entries())
      await change(tx, AddedField, record.id, record.version, { position: (place + 1) * 10 });
  });
  return { redirect: `${fieldsPath}/${type.path}` };
}
