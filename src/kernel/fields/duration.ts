import { fieldOf, single } from "./kind.ts";
import type { FieldKind } from "./kind.ts";
import { numberSchema } from "./numbers.ts";
import type { NumberOptions } from "./numbers.ts";

/** A length of time in whole minutes, typed as "90", "1h 30m" or "1:30". At most ten years. */
export const durationKind: FieldKind<NumberOptions, number> = {
  name: "duration",
  column: () => ({ type: "integer" }),
  schema: (options) => numberSchema(options, { min: 0, max: 5_256_000, whole: true }),
  fromForm: (form, name) => {
    const typed = single(form, name);
    return typed === undefined ? undefined : minutesFromText(typed);
  },
  input: (_options, value) => ({ widget: "text", value: value === null ? "" : formatMinutes(value), width: "short" }),
  show: (_options, value) => ({ kind: "number", text: formatMinutes(value) }),
  text: (_options, value) => String(value),
  fromText: (_options, cell) => minutesFromText(cell),
  sheet: { format: "[h]:mm", value: (_options, value) => value / 1440 },
  filter: "number-range",
  sortable: true,
};

/** 90 as "1h 30m". */
export function formatMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return hours === 0 ? `${rest}m` : rest === 0 ? `${hours}h` : `${hours}h ${rest}m`;
}

/** "1h 30m", "1:30", "90" and "90 minutes" to 90; anything else as it was. */
export function minutesFromText(typed: string): unknown {
  const text = typed.trim().toLowerCase();
  const clock = /^(\d{1,5}):([0-5]\d)$/.exec(text);
  if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
  const words = /^(?:(\d{1,5})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,7})\s*(?:m(?:in(?:ute)?s?)?)?)?$/.exec(text);
  if (!words || (words[1] === undefined && words[2] === undefined)) return typed;
  return Number(words[1] ?? 0) * 60 + Number(words[2] ?? 0);
}

export const duration = fieldOf(durationKind);
