import { alikeAmong, seesAll, sightMark, withoutSelf } from "../../kernel/shared-sight.ts";
import { Refusal } from "../../kernel/errors.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { rowsOf } from "../pages/list-rows.ts";
import type { WebParts } from "../parts.ts";
import type { Stream } from "./hub.ts";
import type { Rows } from "./together.ts";

interface Asked {
  readonly view: string;
  /** What the people's permissions and teams came to when their pages came (`sightMark`). */
  readonly mark: string;
  readonly sessionOf: (page: Stream) => string;
}

/** So many people are tried until one is found who still holds what all of them held. */
const triesMost = 4;
const none: Rows = { rows: [], to: new Set() };

/**
 * The rows of a view of a list, read once for several pages: by what one of their people sees for their roles and teams alone.
 * They go to those who at this moment hold the same roles and teams, by the database's own word, and are signed in.
 */
export async function rowsTogether(
  { store, signIn, render }: Pick<WebParts, "store" | "signIn" | "render">,
  pages: readonly Stream[],
  { view, mark, sessionOf }: Asked,
): Promise<Rows> {
  const ended = await signIn.endedSessions([...new Set(pages.map(sessionOf))]);
  const signedIn = pages.filter((page) => !ended.has(sessionOf(page)));
  const read = async (tx: Tx, typeName: string): Promise<Rows | null> => {
    const type = tx.registry.types.get(typeName);
    if (!type || sightMark(tx.actor) !== mark || !seesAll(tx.actor, typeName)) return null;
    const alike = await alikeAmong(
      tx,
      signedIn.map(({ who }) => who.personId),
    );
    const rows = await rowsOf(await withoutSelf(tx), type, { query: view, render });
    return { rows, to: new Set(signedIn.filter(({ who }) => alike.has(who.personId))) };
  };
  const byPerson = new Map(signedIn.map((page) => [page.who.personId, page]));
  for (const page of [...byPerson.values()].slice(0, triesMost)) {
    const found = await store.as(page.who, (tx) => read(tx, page.shown.type)).catch(nullIfUnseen);
    if (found) return found;
  }
  return none;
}

/** Whoever is active no longer sees nothing. */
function nullIfUnseen(error: unknown): null {
  if (error instanceof Refusal && error.kind === "unseen") return null;
  throw error;
}
