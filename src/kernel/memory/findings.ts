/** One thing that is not as the memory says it must be. */
export interface Problem {
  readonly organisation: string;
  /** The record's type and reference; null where it is no record's. */
  readonly type: string | null;
  readonly reference: string | null;
  /** The line of its timeline; null where it is about the record. */
  readonly sequence: number | null;
  /** One sentence. */
  readonly message: string;
  readonly expected: string | null;
  readonly found: string | null;
}

/** What verify has proved, and what is wrong. */
export interface VerifyReport {
  readonly ok: boolean;
  readonly records: number;
  readonly events: number;
  /** Events whose words were erased by law, each with its certificate. */
  readonly erased: number;
  readonly seals: number;
  /** Joins of two records, each as both timelines tell of it. */
  readonly joins: number;
  /** Files that lines name, each as it was sent; their content too, where the folder was looked at. */
  readonly files: number;
  /** Clocks that were computed again and are as stored. */
  readonly clocks: number;
  /** Clocks of which a part that they are computed from was erased, of the record or of the rules: nobody can compute them again. */
  readonly clocksErased: number;
  /** Lines not yet sealed: what was added in the last minute, unless no worker runs. */
  readonly unsealed: number;
  /** The last seal of each organisation: note it elsewhere to prove later that none was taken away. */
  readonly lastSeals: readonly { readonly organisation: string; readonly number: number; readonly hash: string }[];
  /** The first that were found, at most 20, in order of records. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/** How many problems are kept to be named. */
export const problemsMax = 20;

type Counted = "records" | "events" | "erased" | "seals" | "joins" | "files" | "clocks" | "clocksErased" | "unsealed";

/** Gathers counts and problems while verify goes on. */
export interface Findings {
  count(what: Counted, many: number): void;
  /** Notes problems that were found, the first of them in words; `many` when there are more than these. */
  add(problems: readonly Problem[], many?: number): void;
  sealed(organisation: string, number: number, hash: string): void;
  report(): VerifyReport;
}

/** Starts with nothing found. */
export function createFindings(): Findings {
  const counts: Record<Counted, number> = {
    records: 0,
    events: 0,
    erased: 0,
    seals: 0,
    joins: 0,
    files: 0,
    clocks: 0,
    clocksErased: 0,
    unsealed: 0,
  };
  const problems: Problem[] = [];
  const lastSeals: VerifyReport["lastSeals"][number][] = [];
  let problemCount = 0;
  return {
    count: (what, many) => {
      counts[what] += many;
    },
    add: (found, many = found.length) => {
      problems.push(...found.slice(0, problemsMax - problems.length));
      problemCount += many;
    },
    sealed: (organisation, number, hash) => {
      lastSeals.push({ organisation, number, hash });
    },
    report: () => ({ ok: problemCount === 0, ...counts, lastSeals, problems, problemCount }),
  };
}
