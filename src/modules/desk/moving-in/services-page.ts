import type { FastifyInstance } from "fastify";
import { refuse } from "../../../kernel/errors.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { formatCount, plural } from "../../../web/view/format.ts";
import type { FormField, Table } from "../../../web/view/models.ts";
import { findMove, movingInPath, mustMoveIn, setMove } from "./moves.ts";
import type { MoveIn } from "./moves.ts";
import { openServices } from "./services.ts";
import type { NamingColumn } from "./naming-columns.ts";
import type { OfService, ServiceName } from "./services.ts";

const crumbs = (move: MoveIn) => [
  { text: "Administration", href: "/administration" },
  { text: "Move in from another tool", href: movingInPath },
  { text: move.fileName, href: `${movingInPath}/${move.id}` },
];

/** Which services the tickets of an export are about: a column of it, and what each of its values is here. */
export function registerMovedServices(app: FastifyInstance, parts: WebParts): void {
  const at = `${movingInPath}/:id/services`;
  app.get(
    at,
    pageRoute(parts, (page) => page.as((tx) => showServices(page, tx))),
  );
  app.post(at, { preHandler: app.csrfProtection.bind(app) }, pageRoute(parts, postServices));
}

/** The way to it, while nothing of the export was brought in and there is a column to choose. */
export function servicesLink({ id, stage, told: { looked, services } }: MoveIn): { text: string; href: string }[] {
  if (stage !== "looked" || !looked?.named?.length) return [];
  const text = services ? "Change which services its tickets are about" : "Say which services its tickets are about";
  return [{ text, href: `${movingInPath}/${id}/services` }];
}

async function showServices(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const { move, columns } = await movedAt(page, tx);
  const asked = first(page.query, "column") || undefined;
  const column = columns.find(({ name }) => name === asked);
  if (asked !== undefined && !column) refuse("column", "Select one of the columns of the file");
  const title = column ? `Services in “${column.name}”` : "Which services its tickets are about";
  const services = column ? await openServices(tx) : [];
  const at = `${movingInPath}/${move.id}`;
  return {
    page: "sign-in-link",
    model: {
      shell: await page.shell(tx, { title: `${title}: ${move.fileName}`, current: "/administration" }),
      breadcrumb: crumbs(move),
      caption: move.fileName,
      title,
      paragraphs: column ? valuesTold(column) : columnTold,
      form: {
        action: `${at}/services`,
        fields: column ? valueFields(move, column, services) : [columnField(move, columns)],
        hidden: column ? [{ name: "column", value: column.name }] : [],
        submit: { label: column ? "Keep this" : "Go on" },
        cancel: { text: "Cancel", href: column ? `${at}/services` : at },
      },
    },
  };
}

const columnTold = [
  "Other tools name what a ticket is about in a column of their own. Say which one, and then which service each of its values is here.",
  "Tickets about a service stand on its page, and those opened while it is in hypercare count there.",
];

function valuesTold({ values, others }: NamingColumn): string[] {
  const left =
    others === 0
      ? []
      : [
          `${plural(others, "ticket")} ${others === 1 ? "says" : "say"} nothing in it, or something rarer. They are about no service.`,
        ];
  return [
    `${plural(values.length, "value")}, that of most tickets first. What you leave empty comes in without a service and is counted.`,
    ...left,
  ];
}

function columnField(move: MoveIn, columns: readonly NamingColumn[]): FormField {
  return {
    id: "field-column",
    name: "column",
    label: "The column that names them",
    widget: "radios",
    value: move.told.services?.column ?? "",
    options: [
      ...columns.map(({ name, values }) => ({
        value: name,
        label: name,
        hint: values
          .slice(0, 3)
          .map(({ value }) => (value.length > 60 ? `${value.slice(0, 60).toWellFormed()}…` : value))
          .join(", "),
      })),
      { value: "", label: "None: they come in without a service" },
    ],
  };
}

function valueFields(move: MoveIn, column: NamingColumn, services: readonly ServiceName[]): FormField[] {
  const chosen = move.told.services?.column === column.name ? move.told.services.services : null;
  const options = services.map(({ id, name }) => ({ value: id, label: name }));
  return column.values.map(({ value, tickets }, place) => ({
    id: `field-service-${place}`,
    name: `service-${place}`,
    label: value,
    hint: plural(tickets, "ticket"),
    widget: "select",
    // Until somebody has said so, a service of the same name is proposed.
    value: chosen ? (chosen[value] ?? "") : (alike(services, value)?.id ?? ""),
    options,
    placeholder: "No service",
  }));
}

const alike = (services: readonly ServiceName[], value: string): ServiceName | undefined =>
  services.find(({ name }) => name.trim().toLowerCase() === value.toLowerCase());

/** POST: the column first, then what each of its values is. */
function postServices(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const { move, columns } = await movedAt(page, tx, true);
    const at = `${movingInPath}/${move.id}`;
    const name = first(page.form, "column");
    if (name === "") {
      await setMove(tx, move.id, { told: { services: null } });
      return { redirect: at, flash: "Its tickets come in without a service" };
    }
    const column = columns.find((one) => one.name === name);
    if (!column) return refuse("column", "Select one of the columns of the file");
    if (!("service-0" in page.form))
      return { redirect: `${at}/services?${new URLSearchParams({ column: name }).toString()}` };
    const open = new Set((await openServices(tx)).map(({ id }) => id));
    const services = Object.fromEntries(
      column.values.flatMap(({ value }, place) => {
        const id = first(page.form, `service-${place}`);
        if (id !== "" && !open.has(id)) refuse(`service-${place}`, `${value}: select a service that is there`);
        return id === "" ? [] : [[value, id] as const];
      }),
    );
    await setMove(tx, move.id, { told: { services: { column: name, services } } });
    return { redirect: at, flash: "It is kept, and holds for what you bring in from this file" };
  });
}

async function movedAt(page: PageRequest, tx: Tx, locked = false) {
  mustMoveIn(tx);
  const move = await findMove(tx, page.params["id"] ?? "", locked);
  const columns = move.told.looked?.named ?? [];
  if (move.stage !== "looked" || columns.length === 0)
    refuse("column", "What its tickets are about can be said while the file is read and nothing of it is brought in");
  return { move, columns };
}

/** How many tickets are about each service: as it was chosen, and once they are brought in as they are here. */
export async function servicesTable(tx: Tx, { told: { looked, services, result } }: MoveIn): Promise<Table[]> {
  if (!services || !looked) return [];
  const column = looked.named?.find(({ name }) => name === services.column);
  const rows = result?.services ?? (column ? planned(column, services.services, await openServices(tx)) : []);
  const number = (many: number) => ({ kind: "number", text: formatCount(many) }) as const;
  return [
    {
      caption: `Tickets by service, from “${services.column}”`,
      columns: [
        { label: "Service", wide: true },
        { label: "In the file", number: true },
        ...(result ? [{ label: "Here now", number: true }] : []),
      ],
      rows: rows
        .toSorted((one, other) => Number(one.id === null) - Number(other.id === null) || other.inFile - one.inFile)
        .map(({ id, name, inFile, here }) => ({
          cells: [
            { kind: "text", text: id === null ? "None: nothing in the column is a service here" : name },
            number(inFile),
            ...(result ? [number(here)] : []),
          ],
        })),
    },
  ];
}

function planned(
  { values, others }: NamingColumn,
  chosen: Readonly<Record<string, string>>,
  services: readonly ServiceName[],
): OfService[] {
  const named = new Map(services.map(({ id, name }) => [id, name]));
  const many = new Map<string | null, number>([[null, others]]);
  for (const { value, tickets } of values) {
    const id = chosen[value] !== undefined && named.has(chosen[value]) ? chosen[value] : null;
    many.set(id, (many.get(id) ?? 0) + tickets);
  }
  return [...many]
    .filter(([, inFile]) => inFile > 0)
    .map(([id, inFile]) => ({ id, name: named.get(id ?? "") ?? "", inFile, here: 0 }));
}
