/** The text of a file, and the encoding by which it was read. */
export interface Decoded {
  readonly text: string;
  /** As people call it: "UTF-8", "UTF-16", "Windows-1252". */
  readonly encoding: string;
}

/**
 * A file's text by its byte-order mark, else by what it can be: UTF-16 has a nought beside each letter, UTF-8 has rules
 * that other text breaks, and what breaks them is Windows-1252, which Excel writes in Britain.
 */
export function decodeText(content: Buffer): Decoded {
  if (starts(content, [0xef, 0xbb, 0xbf])) return decoded(content, "utf-8", "UTF-8");
  if (starts(content, [0xff, 0xfe])) return decoded(content, "utf-16le", "UTF-16");
  if (starts(content, [0xfe, 0xff])) return decoded(content, "utf-16be", "UTF-16");
  const wide = wideOf(content.subarray(0, 2000));
  if (wide !== null) return decoded(content, wide, "UTF-16");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(content), encoding: "UTF-8" };
  } catch {
    return decoded(content, "windows-1252", "Windows-1252");
  }
}

/** TextDecoder leaves the mark at the start away. */
function decoded(content: Buffer, label: string, encoding: string): Decoded {
  return { text: new TextDecoder(label).decode(content), encoding };
}

function starts(content: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, at) => content[at] === byte);
}

/** UTF-16 without a mark: nearly every second byte of our letters is nought. */
function wideOf(head: Buffer): "utf-16le" | "utf-16be" | null {
  const pairs = Math.floor(head.length / 2);
  if (pairs < 2) return null;
  let first = 0;
  let second = 0;
  for (let at = 0; at < pairs; at += 1) {
    if (head[at * 2] === 0) first += 1;
    if (head[at * 2 + 1] === 0) second += 1;
  }
  if (second > pairs * 0.6 && first < pairs * 0.1) return "utf-16le";
  return first > pairs * 0.6 && second < pairs * 0.1 ? "utf-16be" : null;
}
