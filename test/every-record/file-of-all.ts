import type { RecordType } from "../../src/kernel/record.ts";
import { checkColumns, sendFile } from "../import-world.ts";
import { words } from "../web-world.ts";
import { world, browser } from "./stage.ts";

/** Sends a file for this type, and has it checked with the columns as they were matched but for what is told. */
export async function checkFileOf(type: RecordType, content: string, changed: Readonly<Record<string, string>>) {
  const at = await sendFile(world, browser, type.path, content);
  const page = await checkColumns(world, browser, at, changed);
  return { at, page, words: words(page) };
}

/** The rows of a CSV file as they stand in it; a line break in quotation marks ends none. */
export function csvRows(text: string): string[] {
  return (text.replace("\uFEFF", "").match(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g) ?? []).map((row) => row);
}

/** Lines that were made anew have other ids, and nothing is as good as an empty list. */
export function withoutIds(value: unknown): unknown {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  if (!Array.isArray(value)) return value;
  return value.map((line: unknown) =>
    typeof line === "object" && line !== null
      ? Object.fromEntries(
          Object.entries(line).filter(([part, held]) => part !== "id" && part !== "number" && held !== null),
        )
      : line,
  );
}
