import { findPatterns } from "../../redaction/patterns.ts";

/** Ends of street names, as people shorten them. */
const shortened: readonly (readonly string[])[] = [
  ["road", "rd"],
  ["street", "st"],
  ["avenue", "ave", "av"],
  ["lane", "ln"],
  ["close", "cl"],
  ["drive", "dr"],
  ["crescent", "cres"],
  ["gardens", "gdns"],
];

/**
 * Whether a text holds an address of whoever asked, as they gave it: an e-mail address, the postcode, or a line with a house
 * number or the name of a house. A town or county alone is nobody's address. However it is spaced, broken over lines or
 * shortened (“Rd”), it is found.
 */
export function holdsAddressOf(replyTo: string, text: string): boolean {
  const postal = replyTo.split(";").filter((part) => !part.includes("@"));
  const emails = replyTo.match(/[^\s;,]+@[^\s;,]+/g) ?? [];
  const postcodes = postcodesIn(replyTo);
  const lines = postal.flatMap((part) => {
    const pieces = part.split(/[,\n]/).map((piece) => piece.trim());
    const numbered = pieces.filter((piece) => /\d/.test(piece) && postcodesIn(piece).length === 0);
    // The first line of an address without a number is the name of a house, where more follows.
    const [first = ""] = pieces;
    return pieces.length > 1 && !/\d/.test(first) ? [first, ...numbered] : numbered;
  });
  return (
    emails.some((email) => plain(text).includes(plain(email))) ||
    postcodesIn(text).some((postcode) => postcodes.includes(postcode)) ||
    lines.some((line) => lineFinder(line)?.test(text) ?? false)
  );
}

function postcodesIn(text: string): string[] {
  return findPatterns(text)
    .filter(({ kind }) => kind === "postcode")
    .map(({ from, until }) => plain(text.slice(from, until)));
}

/** Finds the words of a line in their order, each whole; null for what is too short to tell anybody. */
function lineFinder(line: string): RegExp | null {
  const words = (line.normalize("NFKC").match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 20);
  if (words.join("").length < 5) return null;
  const parts = words.map((word) => {
    const alike = shortened.find((forms) => forms.includes(word.toLowerCase()));
    return alike ? `(?:${alike.join("|")})` : word;
  });
  return new RegExp(`(?<![\\p{L}\\p{N}])${parts.join("[^\\p{L}\\p{N}]{0,5}")}(?![\\p{L}\\p{N}])`, "iu");
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}@]/gu, "");
}
