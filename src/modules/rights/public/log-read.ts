import type { StoredFile } from "../../../kernel/files/files.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { WebParts } from "../../../web/parts.ts";

/** A file that everybody may read. */
export interface PublicFile {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/** An answer in the list of the disclosure log. Days are `yyyy-mm-dd`. */
export interface LoggedAnswer {
  readonly reference: string;
  readonly title: string;
  readonly topic: string | null;
  readonly decision: string | null;
  readonly answeredOn: string | null;
  readonly publishedOn: string | null;
  /** Its beginning. */
  readonly question: string | null;
  readonly updatedAt: string;
}

/** A page of the disclosure log. */
export interface Log {
  readonly total: number;
  /** How many there are without any words or choices. */
  readonly all: number;
  readonly topics: readonly string[];
  readonly years: readonly number[];
  readonly items: readonly LoggedAnswer[];
}

/** What is asked of the log: words, a topic, a year, and how many come before. */
export interface LogQuery {
  readonly words: string;
  readonly topic: string;
  readonly year: number | null;
  readonly offset: number;
}

/** One answer, whole; or that it is there no longer, and why. */
export type PublicAnswer =
  | (Omit<LoggedAnswer, "question"> & {
      readonly state: "published";
      readonly question: string | null;
      readonly answer: string | null;
      readonly files: readonly PublicFile[];
    })
  | {
      readonly state: "withdrawn" | "draft" | "checking";
      readonly reference: string;
      readonly why: string | null;
      readonly updatedAt: string;
    };

/** An entry of the publication scheme. */
export interface SchemeEntry {
  readonly reference: string;
  readonly title: string;
  readonly schemeClass: string;
  readonly about: string | null;
  readonly address: string | null;
  readonly updatedAt: string;
  readonly files: readonly PublicFile[];
}

/** So many stand on a page of the log. */
export const logPageSize = 20;

type Reading = Pick<WebParts, "store">;

/** Reads a page of the log. */
export async function readLog({ store }: Reading, organisation: string, query: LogQuery): Promise<Log> {
  const { rows } = await store.pool.query<{ log: Log }>(
    "select reeve.public_log($1::uuid, $2, $3, $4::integer, $5::integer) as log",
    [organisation, query.words, query.topic === "" ? null : query.topic, query.year, query.offset],
  );
  return rows[0]!.log;
}

/** Reads one answer; null where there never was one. */
export async function readAnswer(
  { store }: Reading,
  organisation: string,
  reference: string,
): Promise<PublicAnswer | null> {
  if (!isReference(reference)) return null;
  const { rows } = await store.pool.query<{ answer: PublicAnswer | null }>(
    "select reeve.public_answer($1::uuid, $2) as answer",
    [organisation, reference],
  );
  return rows[0]?.answer ?? null;
}

/** Reads the scheme whole. */
export async function readScheme({ store }: Reading, organisation: string): Promise<readonly SchemeEntry[]> {
  const { rows } = await store.pool.query<{ scheme: readonly SchemeEntry[] }>(
    "select reeve.public_scheme($1::uuid) as scheme",
    [organisation],
  );
  return rows[0]?.scheme ?? [];
}

/** A file of what is published; null for any other. */
export async function readPublicFile(
  { store }: Reading,
  organisation: string,
  reference: string,
  id: string,
): Promise<StoredFile | null> {
  if (!isReference(reference) || !isId(id)) return null;
  const { rows } = await store.pool.query<Omit<StoredFile, "recordType">>(
    `select id, name, media_type as "mediaType", size_bytes::float8 as "sizeBytes", sha256
    from reeve.public_file($1::uuid, $2, $3::uuid)`,
    [organisation, reference, id],
  );
  return rows[0] ? { ...rows[0], recordType: "publication" } : null;
}

/** Whether a text has the form of a reference: nothing else is asked for, or kept in memory. */
export function isReference(text: string): boolean {
  return /^PUB-\d{5,9}$/.test(text);
}

/** Question and answer as one Markdown text. */
export function answerParts({ question, answer }: Extract<PublicAnswer, { readonly state: "published" }>): string {
  return `### What was asked\n\n${question ?? ""}\n\n### What we answered\n\n${answer ?? ""}`;
}
