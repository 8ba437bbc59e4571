/** Shorter parts of a name are common words as well: they stay. */
const wordMin = 3;

/**
 * A text of a ticket without what tells who it was about: these people’s names, e-mail addresses, telephone numbers, national
 * insurance numbers, postcodes and references to tickets. The author checks what is left: no rule finds everything.
 */
export function withoutPersonal(text: string, names: readonly string[]): string {
  const whole = names.map((name) => name.trim()).filter((name) => name !== "");
  const parts = whole.flatMap((name) => name.split(/\s+/)).filter((part) => part.length >= wordMin);
  // The whole name goes before its parts.
  const people = [...new Set([...whole, ...parts])].toSorted((one, other) => other.length - one.length);
  const cleaned = text
    .replaceAll(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, "[e-mail address]")
    .replaceAll(/\b[A-CEGHJ-PR-TW-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b/gi, "[national insurance number]")
    .replaceAll(/(?:\+44\s?|\b0)(?:\d[\s-]?){9,10}\b/g, "[telephone number]")
    .replaceAll(/\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b/g, "[postcode]");
  return people.reduce(
    (so, name) =>
      so.replaceAll(new RegExp(`(?<![\\p{L}\\d])${escaped(name)}(?:['’]s)?(?![\\p{L}\\d])`, "giu"), "[name]"),
    cleaned,
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
