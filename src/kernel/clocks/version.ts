import { createHash } from "node:crypto";

/** A short name for a value's content: the same content always gives the same name. Stored clocks keep it. */
export function contentVersion(prefix: string, content: unknown): string {
  return `${prefix}-${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16)}`;
}
