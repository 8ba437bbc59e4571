import { alikeAmong, seesAll, withoutSelf } from "../../kernel/shared-sight.ts";
import { unseen } from "../../kernel/errors.ts";
import { rowsOf } from "../pages/list-rows.ts";
import type { WebParts } from "../parts.ts";
import type { Stream } from "./hub.ts";
import type { Rows } from "./together.ts";

/**
 * The rows of a view of a list, read once for several pages: by what the first of their people sees for their roles and teams
 * alone. They go to those who at this moment hold the same roles and teams, by the database's own word, and are signed in.
 */
export async function rowsTogether(
  { store, signIn, render }: Pick<WebParts, "store" | "signIn" | "render">,
  pages: readonly Stream[],
  { view, sessionOf }: { view: string; sessionOf: (page: Stream) => string },
): Promise<Rows> {
  const ended = await signIn.endedSessions([...new Set(pages.map(sessionOf))]);
  const signedIn = pages.filter((page) => !ended.has(sessionOf(page)));
  const [first] = signedIn;
  if (!first) return { rows: [], to: new Set() };
  return store.as(first.who, async (tx) => {
    const type = tx.registry.types.get(first.shown.type) ?? unseen("There is no such page");
    if (!seesAll(tx.actor, type.name)) return { rows: [], to: new Set() };
    const alike = await alikeAmong(
      tx,
      signedIn.map(({ who }) => who.personId),
    );
    const rows = await rowsOf(await withoutSelf(tx), type, { query: view, render });
    return { rows, to: new Set(signedIn.filter(({ who }) => alike.has(who.personId))) };
  });
}
