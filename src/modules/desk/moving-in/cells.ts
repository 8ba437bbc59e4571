import { convert } from "html-to-text";
import type { MovedPerson, NotUnderstood, Row } from "./moved.ts";

/** A row that cannot be understood: thrown while it is read, told with the others at the end. */
export class RowProblem extends Error {
  override name = "RowProblem";
}

/** Reads each row, keeping those that cannot be understood with the reason. */
export function eachRow<Ticket>(
  rows: readonly Row[],
  number: (row: Row) => string | null,
  read: (row: Row, number: string) => Ticket,
): (Ticket | NotUnderstood)[] {
  return rows.map((row, at) => {
    const known = number(row);
    if (known === null) return { row: `row ${at + 1}`, why: "it has no number" };
    try {
      return read(row, known);
    } catch (error) {
      if (error instanceof RowProblem) return { row: known, why: error.message };
      throw error;
    }
  });
}

/** A cell as text, without what surrounds it; null where there is nothing. A reference with a label gives its label. */
export function text(value: unknown): string | null {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    const clean = value.replaceAll(/[\p{Cc}--[\n\t]]/gv, "").trim();
    return clean === "" ? null : clean.toWellFormed();
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const row = value as Row;
    return text(row["display_value"] ?? row["Name"] ?? row["name"] ?? row["id"] ?? row["value"]);
  }
  return null;
}

/** The code behind a reference with a label (`{ "value": "6", "display_value": "Resolved" }`), else the text. */
export function code(value: unknown): string | null {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return text((value as Row)["value"]);
  return text(value);
}

/** The first of these cells that holds something. */
export function anyOf(row: Row, ...names: readonly string[]): string | null {
  for (const name of names) {
    const found = text(row[name]);
    if (found !== null) return found;
  }
  return null;
}

/** What was written as HTML, as plain text: paragraphs stay apart, pictures go. */
export function plain(value: unknown, isHtml = true): string | null {
  const given = text(value);
  if (given === null || !isHtml || !/[<&]/.test(given)) return given;
  // GLPI and others keep HTML that was escaped once more.
  const html = given.includes("<")
    ? given
    : given.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#60;", "<").replaceAll("&#62;", ">");
  return text(convert(html, { wordwrap: false, selectors: [{ selector: "img", format: "skip" }] }));
}

/**
 * A moment. With a zone as it says; without one in `zone`: `2026-03-02T10:00:00Z`, `2026-03-02 10:00:00`, `02/03/2026 10:00`. An
 * ambiguous hour is the first. Null where there is none.
 */
export function moment(value: unknown, zone = "UTC"): Temporal.Instant | null {
  const given = code(value);
  if (given === null || /^0{4}-|^1970-01-01[ T]00:00:00/.test(given)) return null;
  try {
    if (/(Z|[+-]\d\d:?\d\d)$/.test(given)) return Temporal.Instant.from(given.replace(" ", "T"));
    return zoned(given, zone);
  } catch (error) {
    if (error instanceof RangeError) throw new RowProblem(`“${given.slice(0, 60)}” is not a time`);
    throw error;
  }
}

/** A moment that must be there. */
export function momentIn(row: Row, name: string, zone?: string): Temporal.Instant {
  const found = moment(row[name], zone);
  if (found === null) throw new RowProblem(`it has no ${name}`);
  return found;
}

function zoned(given: string, zone: string): Temporal.Instant {
  const british = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})[, ]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm)?$/i.exec(given);
  const local = british ? fromBritish(british) : Temporal.PlainDateTime.from(given.replace(" ", "T"));
  return local.toZonedDateTime(zone, { disambiguation: "earlier" }).toInstant();
}

function fromBritish(match: RegExpExecArray): Temporal.PlainDateTime {
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const half = match[7]?.toLowerCase();
  return Temporal.PlainDateTime.from(
    {
      year: year < 100 ? 2000 + year : year,
      month,
      day,
      hour: half === undefined ? hour : (hour % 12) + (half === "pm" ? 12 : 0),
      minute,
      second,
    },
    { overflow: "reject" },
  );
}

/** Somebody by what a tool knows them by, with whatever is known of their name and address. */
export function person(key: string | null, name?: string | null, email?: string | null): MovedPerson | null {
  const known = key ?? email ?? name ?? null;
  if (known === null) return null;
  const address = email ?? (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(known) ? known : null);
  return { key: known.toLowerCase(), name: name ?? known, email: address?.toLowerCase() ?? null };
}

/** All that a row says, flat: lists and references as text. */
export function columnsOf(row: Row): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const said = text(value) ?? (Array.isArray(value) && value.length > 0 ? JSON.stringify(value) : null);
      return said === null ? [] : [[name.slice(0, 100), said.slice(0, 4000)]];
    }),
  );
}

/** Rows by a key that several may share, in their order. */
export function grouped(
  rows: readonly Row[] | undefined,
  key: (row: Row) => string | null,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows ?? []) {
    const of = key(row);
    if (of === null) continue;
    const group = groups.get(of);
    if (group) group.push(row);
    else groups.set(of, [row]);
  }
  return groups;
}
