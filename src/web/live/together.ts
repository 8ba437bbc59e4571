import type { Logger } from "pino";
import type { Stream } from "./hub.ts";
import type { Waiting } from "./pace.ts";

/** The rows of a list as pages show them now. */
export interface Rows {
  /** In order: the id of the row's element, the record that it shows, and its HTML. */
  readonly rows: readonly { readonly id: string; readonly recordId: string; readonly html: string }[];
  /** Those of the pages asked about to which these rows may be shown: that is decided anew each time. */
  readonly to: ReadonlySet<Stream>;
}

/** Makes the rows of a view of a list for people who, when they came, held the same permissions. */
export type RowsFor = (
  pages: readonly Stream[],
  asked: { readonly view: string; readonly mark: string },
) => Promise<Rows>;

/** A page that is sent rows together with others. */
export interface Page {
  readonly stream: Stream;
  /** When it was made, in milliseconds since 1970. */
  readonly madeAt: number;
  /** The last rows that it was sent; 0 for none. */
  held: number;
  /** Has it leave, and look itself. */
  lookItself(at: number): void;
}

/** Pages of the same view of a list, whose people held the same permissions when they came. */
export interface Together {
  /** Something in the list has changed. `recordId` is null when it is not known which. */
  changed(recordId: string | null, at: number): void;
  join(page: Page): void;
  leave(page: Page): void;
  readonly size: number;
  /** What is to wait its turn. */
  readonly waiting: Waiting;
}

interface Shown {
  readonly number: number;
  readonly finishedAt: number;
  readonly html: ReadonlyMap<string, string>;
}

let numbers = 0;

/** Makes rows once for all pages of a view, and sends each what it does not have. */
export function createTogether(
  asked: Parameters<RowsFor>[1],
  { rowsFor, log }: { rowsFor: RowsFor; log: Logger },
): Together {
  const pages = new Set<Page>();
  let shown: Shown | null = null;
  let touched = new Set<string>();
  let changedAt = 0;
  let busy = false;
  let again = false;

  const send = async () => {
    const all = [...pages];
    if (all.length === 0) return;
    const [at, since] = [changedAt, touched];
    touched = new Set();
    const before = shown;
    const { rows, to } = await rowsFor(
      all.map(({ stream }) => stream),
      asked,
    );
    const now: Shown = {
      number: ++numbers,
      finishedAt: Date.now(),
      html: new Map(rows.map(({ id, html }) => [id, html])),
    };
    shown = now;
    const order = rows.map(({ id }) => id);
    const event = (some: Rows["rows"]) =>
      Buffer.from(
        `event: rows\ndata: ${JSON.stringify({ at, order, html: some.map(({ html }) => html).join("") })}\n\n`,
      );
    const few = event(rows.filter(({ id, recordId, html }) => since.has(recordId) || before?.html.get(id) !== html));
    let whole: Buffer | null = null;
    for (const page of all) {
      if (!pages.has(page)) continue;
      if (!to.has(page.stream)) {
        page.lookItself(at);
        continue;
      }
      const follows =
        before !== null && (page.held === before.number || (page.held === 0 && page.madeAt >= before.finishedAt));
      page.held = now.number;
      page.stream.give(follows ? few : (whole ??= event(rows)));
    }
  };

  const look = () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    send()
      .catch((error: unknown) => {
        log.warn({ err: error }, "rows could not be made for pages together");
        // Each finds out for itself what it may see.
        for (const page of pages) page.lookItself(changedAt);
      })
      .finally(() => {
        busy = false;
        if (!again) return;
        again = false;
        look();
      });
  };

  return {
    changed: (recordId, at) => {
      changedAt = at;
      if (recordId !== null) touched.add(recordId);
    },
    join: (page) => void pages.add(page),
    leave: (page) => void pages.delete(page),
    get size() {
      return pages.size;
    },
    waiting: { lookedAt: 0, look },
  };
}
