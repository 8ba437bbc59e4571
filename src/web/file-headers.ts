import type { StoredFile } from "../kernel/files/files.ts";

/** Pictures that a browser shows and that hold no script. Everything else is for the person to keep and open. */
const shownKinds = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** How a file is sent: under its own name, never as a page of ours, and kept by no cache that others share. */
export function headersOfFile({ name, mediaType, sizeBytes }: StoredFile): Record<string, string> {
  // RFC 6266: the plain name for old programs, the whole one beside it.
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const whole = encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return {
    "content-disposition": `${shownKinds.has(mediaType) ? "inline" : "attachment"}; filename="${plain}"; filename*=UTF-8''${whole}`,
    "content-length": String(sizeBytes),
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, no-store",
  };
}
