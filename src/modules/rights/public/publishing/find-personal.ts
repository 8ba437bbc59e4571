import { nameFinder } from "../../redaction/names.ts";
import { findPatterns, kindInSentence } from "../../redaction/patterns.ts";
import type { Kind } from "../../redaction/patterns.ts";
import { holdsAddressOf } from "./find-address.ts";

/** Who asked, as they must not be found in what goes out. */
export interface Asker {
  readonly names: readonly string[];
  /** Addresses, as they gave them. */
  readonly replyTo: string;
}

/** What of a person is not let out; a postcode only where it is that of whoever asked. */
const personal: readonly Kind[] = ["email", "phone", "insurance", "birth"];

/** What of a person a text holds, as sentences that name the place and not the words; `open` holds what anybody may read. */
export function personalIn(text: string, where: string, asker: Asker, open: readonly string[] = []): string[] {
  const names = nameFinder(asker.names.map((name) => ({ name, why: "" }))).find(text);
  const found = [...findPatterns(text), ...names].map(({ kind, from, until }) => ({
    kind,
    text: text.slice(from, until),
  }));
  return [...personalAmong(found, where, asker, open), ...addressIn(text, where, asker)];
}

/** That a text holds an address of whoever asked, as a sentence that does not say it. */
export function addressIn(text: string, where: string, { replyTo }: Asker): string[] {
  return holdsAddressOf(replyTo, text) ? [`${where}: an address of whoever asked`] : [];
}

/** The same of what was found already, as in a PDF. */
export function personalAmong(
  found: readonly { readonly kind: Kind; readonly text: string }[],
  where: string,
  asker: Asker,
  open: readonly string[] = [],
): string[] {
  const allowed = new Set(open.map(plain));
  const counted = Map.groupBy(
    found.filter(({ kind, text }) => personal.includes(kind) && !allowed.has(plain(text))),
    ({ kind }) => kind,
  );
  // Other names may be those of officers and councillors who answer for what they did: the officer sees to them.
  const asked = found.some(({ kind, text }) => kind === "name" && asker.names.some((name) => alike(name, text)));
  return [
    ...[...counted].map(([kind, all]) =>
      all.length === 1
        ? `${where}: one ${kindInSentence(kind)}`
        : `${where}: ${all.length} of the kind “${kindInSentence(kind)}”`,
    ),
    ...(asked ? [`${where}: the name of whoever asked`] : []),
  ];
}

function alike(name: string, found: string): boolean {
  const parts = words(name);
  return words(found).some((word) => parts.includes(word));
}

function words(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/\p{L}{3,}/gu) ?? []
  ).filter((word) => !titles.has(word));
}

const titles = new Set(["mrs", "miss", "prof", "rev", "sir", "lady", "the", "ltd", "limited", "council", "and"]);

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@]/gu, "");
}
