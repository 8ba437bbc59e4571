import type { Enclosed } from "./message.ts";

/** What a winmail.dat holds. `whole` says that it could be read to its end. */
export interface Unwrapped {
  readonly whole: boolean;
  readonly text: string;
  readonly files: readonly Enclosed[];
}

// [MS-OXTNEF] 2.1: the stream, and 2.1.3.2: the attributes that it is made of.
const signature = 0x223e9f78;
const attributes = { body: 0x0002800c, nextFile: 0x00069002, fileTitle: 0x00018010, fileData: 0x0006800f } as const;
const headerBytes = 9;
const attributesMax = 2000;
const filesMax = 100;

/** Takes the plain text and the files out of a winmail.dat, in which Outlook wraps a message (TNEF). Never throws. */
export function unwrapTnef(content: Buffer): Unwrapped {
  const texts: string[] = [];
  const files: { name: string; content: Buffer }[] = [];
  if (content.length < 6 || content.readUInt32LE(0) !== signature) return { whole: false, text: "", files: [] };
  let at = 6;
  for (let read = 0; at + headerBytes <= content.length && read < attributesMax; read++) {
    const id = content.readUInt32LE(at + 1);
    const length = content.readUInt32LE(at + 5);
    const end = at + headerBytes + length;
    // A checksum of two bytes follows.
    if (end + 2 > content.length) break;
    const data = content.subarray(at + headerBytes, end);
    const file = files.at(-1);
    if (id === attributes.body) texts.push(textOf(data));
    else if (id === attributes.nextFile && files.length < filesMax) files.push({ name: "", content: Buffer.alloc(0) });
    else if (id === attributes.fileTitle && file) file.name = textOf(data).slice(0, 200);
    else if (id === attributes.fileData && file) file.content = data;
    at = end + 2;
  }
  return {
    whole: at >= content.length,
    text: texts.join("\n"),
    files: files.map(({ name, content: bytes }) => ({
      name: name || "file",
      mediaType: "application/octet-stream",
      content: bytes,
    })),
  };
}

/** Text of a TNEF stream is in an 8-bit character set of Windows, and ends with a zero. */
function textOf(data: Buffer): string {
  return new TextDecoder("windows-1252").decode(data).replaceAll("\u0000", "");
}
