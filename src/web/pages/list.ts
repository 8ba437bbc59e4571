import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Form } from "../../kernel/fields/kind.ts";
import type { RecordType } from "../../kernel/record.ts";
import { isId } from "../../kernel/store/find.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { csvAnswer } from "./csv.ts";
import { isUntidy, listHref, queryText, readAddress } from "./list-address.ts";
import { mentionedRecords } from "./list-cells.ts";
import { filteredFields } from "./list-filters.ts";
import { listModel, titleOf } from "./list-model.ts";
import { checkFilters, checkSort, countOf, listed, sortsQuickly } from "./list-read.ts";
import { readSurroundings, recordFilters, resolveAddress } from "./list-surroundings.ts";
import { navigationOf } from "./places.ts";
import { removeView, saveView } from "./saved-views.ts";

const rowsOfPage = 50;

/** The list of every type: `/{path}`, its CSV file, and the views that each person saves of it. */
export function registerLists(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get("/:path.csv", pageRoute(parts, csvAnswer));
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
  const typed = readAddress(tx.actor, type, query);
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
  await checkSort(tx, type, address);
  const found = await listed(tx, type, address, rowsOfPage);
  const targets = recordFilters(type);
  const [surroundings, shell, many] = await Promise.all([
    readSurroundings(tx, type, {
      ids: [
        ...mentionedRecords(type, address.columns, found.items),
        ...Object.values(address.where).flat().filter(isId),
      ],
      targets: filteredFields(tx.actor, type).flatMap((name) => targets.get(name) ?? []),
    }),
    page.shell(tx, { title: titleOf(tx, type), current: navigationOf(tx.registry, type), follows: `/${type.path}` }),
    countOf(tx, type, address, found),
  ]);
  // By which columns the headings offer to sort: any, where that is quick.
  const anySort = many <= countMax || (await sortsQuickly(tx, type, { show: address.show, sort: "" }));
  const model = listModel(tx, {
    type,
    address,
    found,
    many,
    anySort,
    surroundings,
    modulePages: page.parts.modulePages,
    shell: notes.length > 0 ? { ...shell, flash: { tone: "bad", text: notes.join(" ") } } : shell,
  });
  return { page: "list", model, status: notes.length > 0 ? 422 : 200 };
}
