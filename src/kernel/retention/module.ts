import type { Module } from "../registry.ts";
import { Disposal } from "./disposal.record.ts";
import { LegalHold } from "./legal-hold.record.ts";
import { RetentionSchedule } from "./retention-schedule.record.ts";

/** How long records are kept, what must be kept longer, and the proof of what was destroyed. */
export const retention: Module = {
  name: "retention",
  label: "Keeping and disposing of records",
  group: "administration",
  records: [RetentionSchedule, LegalHold, Disposal],
};
