import type { JobKind } from "../jobs/run.ts";
import { checkImport } from "./check.ts";
import { readImport } from "./read.ts";
import { saveImport } from "./save.ts";
import { undoImport } from "./undo.ts";

/** The kinds of job that bring records in from a file, and take them back. */
export const importJobs: Readonly<Record<string, JobKind>> = {
  "read-file": readImport,
  "check-import": checkImport,
  "save-import": saveImport,
  "undo-import": undoImport,
};
