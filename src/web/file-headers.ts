import type { StoredFile } from "../kernel/files/files.ts";

/** Pictures that a browser shows and that hold no script. Everything else is for the person to keep and open. */
export const pictureKinds: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
]);

export const pdf = "application/pdf";

/** How a file is sent: under its own name, never as a page of ours, and kept by no cache that others share. */
export function headersOfFile({ name, mediaType, sizeBytes }: StoredFile): Record<string, string> {
  // RFC 6266: the plain name for old programs, the whole one beside it.
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const whole = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  const shown = pictureKinds.has(mediaType) || mediaType === pdf;
  return {
    "content-disposition": `${shown ? "inline" : "attachment"}; filename="${plain}"; filename*=UTF-8''${whole}`,
    "content-length": String(sizeBytes),
    // A browser's own reader of PDF does not open in a sandbox; what a PDF runs, it runs in the reader.
    "content-security-policy":
      mediaType === pdf
        ? "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
        : "default-src 'none'; sandbox; frame-ancestors 'none'",
    // A page of ours shows a PDF in a frame.
    ...(mediaType === pdf ? { "x-frame-options": "SAMEORIGIN" } : {}),
    "cache-control": "private, no-store",
  };
}
