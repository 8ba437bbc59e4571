import * as z from "zod";
import { isLoopback } from "../settings-list.ts";
import type { Setting } from "../settings-list.ts";
import type { BucketSettings } from "./bucket.ts";
import type { ClamdPlace } from "./scan.ts";

/** Where the content of files is kept, and who looks for viruses in it. */
export interface FilesSettings {
  /** Null: a folder of the data folder. */
  readonly bucket: BucketSettings | null;
  /** Null: nobody. */
  readonly clamd: ClamdPlace | null;
}

const bucketAddress = z.string().refine((given) => {
  const url = URL.parse(given);
  if (url === null || url.username !== "" || url.search !== "" || url.hash !== "") return false;
  const secure = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  // One name alone after the host: s3mini takes it as the bucket.
  return secure && /^\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/?$/.test(url.pathname);
});

const clamdPlace = z.string().transform((given, context): ClamdPlace => {
  if (given.startsWith("/") && !given.includes("\0")) return { path: given };
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i.exec(given) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535)
    return { host: bracketed ?? plain ?? "", port: Number(port) };
  context.addIssue("neither");
  return z.NEVER;
});

/** The settings of files, in the order in which the README lists them. */
export const filesSettings = {
  url: define({
    name: "REEVE_S3_URL",
    purpose: "A bucket of its own in an S3-compatible store, where the content of files is kept",
    allowed:
      "an `https` address that ends in the bucket’s name, such as `https://s3.eu-west-2.amazonaws.com/reeve-files`",
    otherwise: "Files lie in the data folder",
    schema: bucketAddress,
  }),
  region: define({
    name: "REEVE_S3_REGION",
    purpose: "The region that the store is told",
    allowed: "a name such as `eu-west-2`",
    otherwise: "`us-east-1`, which stores without regions take",
    schema: z.string().regex(/^[a-z0-9-]{1,60}$/),
  }),
  key: define({
    name: "REEVE_S3_KEY",
    purpose: "The access key that may read, write, delete and list in that bucket",
    allowed: "an access key’s id",
    otherwise: "Needed with `REEVE_S3_URL`",
    schema: z.string().regex(/^[\x21-\x7e]{1,200}$/),
  }),
  secret: define({
    name: "REEVE_S3_SECRET",
    purpose: "Its secret",
    allowed: "a secret",
    otherwise: "Needed with `REEVE_S3_URL`",
    isSecret: true,
    schema: z.string().regex(/^[\x21-\x7e]{1,500}$/),
  }),
  clamav: define({
    name: "REEVE_CLAMAV",
    purpose:
      "ClamAV’s server (clamd), which looks for viruses in each file that is sent; none is taken while it is down",
    allowed: "a host and port such as `127.0.0.1:3310`, or the path of its socket",
    otherwise: "Nobody looks for viruses",
    schema: clamdPlace,
  }),
};

/** Reads them with `read`, which tells of each wrong one; `tell` is told of what does not fit together. */
export function readFilesSettings(
  read: <Output>(setting: Setting<Output>) => Output | undefined,
  tell: (sentence: string) => void,
): FilesSettings {
  const [url, key, secret] = [read(filesSettings.url), read(filesSettings.key), read(filesSettings.secret)];
  const region = read(filesSettings.region) ?? "us-east-1";
  const given = [url, key, secret].filter((value) => value !== undefined).length;
  if (given === 1 || given === 2) tell("REEVE_S3_URL, REEVE_S3_KEY and REEVE_S3_SECRET must be set together, or none.");
  return {
    bucket: url && key && secret ? { url: url.replace(/\/$/, ""), region, key, secret } : null,
    clamd: read(filesSettings.clamav) ?? null,
  };
}

function define<Output>(setting: Setting<Output>): Setting<Output> {
  return setting;
}
