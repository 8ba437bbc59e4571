import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { csvAnswer } from "./csv.ts";
import { excelAnswer } from "./excel.ts";
import { isUntidy, listHref, queryText, readAddress } from "./list-address.ts";
import type { ListAddress } from "./list-address.ts";
import { seenAsBoard } from "./list-board.ts";
import { seenOnCalendar } from "./list-calendar.ts";
import { linkedAmong } from "./list-columns.ts";
import { columnsPage } from "./list-columns-page.ts";
import { filteredFields } from "./list-filters.ts";
import { listModel, titleOf } from "./list-model.ts";
import { checkFilters, checkSort } from "./list-read.ts";
import { viewSent } from "./list-rows.ts";
import { seenAsTable, seenInGroups } from "./list-seen.ts";
import type { Seen } from "./list-seen.ts";
import { readSurroundings, recordFilters, resolveAddress } from "./list-surroundings.ts";
import { seenOnTimeline } from "./list-timeline.ts";
import { navigationOf } from "./places.ts";
import { removeView, saveView, startWithView } from "./saved-views.ts";

/** The list of every type: `/{path}`, its CSV file, and the views that each person saves of it. */
export function registerLists(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get("/:path.csv", pageRoute(parts, csvAnswer));
  app.get("/:path.xlsx", pageRoute(parts, excelAnswer));
  app.get(
    "/:path/columns",
    pageRoute(parts, (page) => page.as((tx) => columnsPage(page, tx, typeAt(page)))),
  );
  app.get(
    "/:path",
    pageRoute(parts, (page) => showList(page, typeAt(page))),
  );
  app.post(
    "/:path/views",
    form,
    pageRoute(parts, (page) => saveView(page, typeAt(page))),
  );
  app.post(
    "/:path/views/:view/start",
    form,
    pageRoute(parts, (page) => startWithView(page, typeAt(page))),
  );
  app.post(
    "/:path/views/:view/remove",
    form,
    pageRoute(parts, (page) => removeView(page, typeAt(page))),
  );
}

/** The list; where the address holds what is not understood, the list without that and a note that says what it was. */
async function showList(page: PageRequest, type: RecordType): Promise<PageAnswer> {
  let query = page.query;
  const notes: string[] = [];
  // Each round takes away what was refused; the third shows the plain list.
  for (let round = 1; ; round += 1) {
    try {
      return await page.as((tx) => answerFor(tx, page, type, query, notes));
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== "invalid" || round > 3) throw error;
      notes.push(`${error.message}.`);
      query = round < 3 ? without(query, error) : {};
    }
  }
}

function without(query: Form, refusal: Refusal): Form {
  const wrong = new Set(refusal.problems.map(({ field }) => field));
  return Object.fromEntries(Object.entries(query).filter(([name]) => !wrong.has(name) && name !== "cursor"));
}

async function answerFor(
  tx: Tx,
  page: PageRequest,
  type: RecordType,
  query: Form,
  notes: readonly string[],
): Promise<PageAnswer> {
  const typed = readAddress(tx, type, query);
  checkFilters(tx, type, typed);
  const address = await resolveAddress(tx, type, typed);
  const tidy = listHref(type, address, { cursor: address.cursor });
  // A form sends its empty controls too: the address that people keep and share is the short one.
  if (
    notes.length === 0 &&
    (isUntidy(query) || queryText(type, typed) !== queryText(type, address)) &&
    tidy !== page.request.url
  )
    return { redirect: tidy };
  if (address.as !== "calendar") await checkSort(tx, type, address);
  const looking = look(tx, type, address);
  const targets = recordFilters(type);
  // What surrounds the rows is asked with them; only their names and number wait for them.
  const [seen, surroundings, shell, many] = await Promise.all([
    looking,
    readSurroundings(tx, type, {
      ids: looking.then(({ ids }) => [...ids, ...Object.values(address.where).flat().filter(isId)]),
      targets: filteredFields(tx.actor, type).flatMap((name) => targets.get(name) ?? []),
    }),
    page.shell(tx, {
      title: titleOf(tx, type),
      current: navigationOf(tx.registry, type),
      follows: `/${type.path}`,
      followsView: viewSent(type, address),
      followsAlso: linkedAmong(tx, type, address.columns).map(({ target }) => target),
    }),
    looking.then((found) => found.many()),
  ]);
  // What the person's list begins with is read with their views, so that the plain list costs no query more.
  const start = surroundings.views.find(({ starts, query: kept }) => starts && kept !== "");
  if (start && Object.keys(query).length === 0 && notes.length === 0 && !isFromHere(page, type))
    return { redirect: `/${type.path}?${start.query}` };
  const model = listModel(tx, {
    type,
    address,
    many,
    any: seen.any,
    middle: await seen.middle(surroundings, many),
    surroundings,
    modulePages: page.parts.modulePages,
    shell: notes.length > 0 ? { ...shell, flash: { tone: "bad", text: notes.join(" ") } } : shell,
  });
  return { page: "list", model, status: notes.length > 0 ? 422 : 200 };
}

function look(tx: Tx, type: RecordType, address: ListAddress): Promise<Seen> {
  if (address.as === "board") return seenAsBoard(tx, type, address);
  if (address.as === "calendar") return seenOnCalendar(tx, type, address);
  if (address.as === "timeline") return seenOnTimeline(tx, type, address);
  return address.by === "" ? seenAsTable(tx, type, address) : seenInGroups(tx, type, address);
}

/** Whether the person comes from the same list: then they took its last filter away, and mean the plain list. */
function isFromHere(page: PageRequest, type: RecordType): boolean {
  return URL.parse(page.request.headers.referer ?? "")?.pathname === `/${type.path}`;
}
