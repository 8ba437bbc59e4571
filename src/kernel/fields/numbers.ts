import { z } from "zod";
import { missingOr, single } from "./kind.ts";
import type { CommonOptions, Form } from "./kind.ts";

export interface NumberOptions extends CommonOptions {
  readonly min?: number;
  readonly max?: number;
}

const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 6 });

/** A number as people write it, with thousands commas. */
export function formatNumber(value: number): string {
  return plain.format(value);
}

/** A number in figures alone, as a cell or a control holds it: never "1e-7". */
export function plainNumber(value: number): string {
  const [, sign = "", first, rest = "", places] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value)) ?? [];
  return first === undefined ? String(value) : `${sign}0.${"0".repeat(Number(places) - 1)}${first}${rest}`;
}

/** A checked number between its bounds and those of its column; `whole` allows no fraction. */
export function numberSchema(
  options: NumberOptions,
  limits: { min: number; max: number; whole: boolean },
): z.ZodType<number> {
  const min = Math.max(options.min ?? limits.min, limits.min);
  const max = Math.min(options.max ?? limits.max, limits.max);
  const base = z.number({ error: missingOr(options, "Enter", "must be a number") });
  return (limits.whole ? base.refine(Number.isInteger, `${options.label} must be a whole number`) : base)
    .refine((value) => value >= min, `${options.label} must be ${formatNumber(min)} or more`)
    .refine((value) => value <= max, `${options.label} must be ${formatNumber(max)} or less`);
}

/** A typed number: commas and spaces within it are let be. What is not a number stays as it was typed. */
export function numberFromText(text: string): unknown {
  const bare = text.trim().replaceAll(/[,\s\u00a0]/g, "");
  return bare !== "" && /^[-+]?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : text;
}

/** The number typed into the control named `name`. */
export function numberFromForm(form: Form, name: string): unknown {
  const typed = single(form, name);
  return typed === undefined ? undefined : numberFromText(typed);
}
