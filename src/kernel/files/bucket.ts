import { openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import type { Scanner } from "./scan.ts";
import { StoreUnavailable } from "./store.ts";
import type { ContentStore, Kept } from "./store.ts";

/** A bucket of an S3-compatible store, and the key to it. */
export interface BucketSettings {
  /** With the bucket: `https://s3.eu-west-2.amazonaws.com/reeve-files`. */
  readonly url: string;
  readonly region: string;
  readonly key: string;
  readonly secret: string;
}

interface BucketOptions {
  /** A folder of this machine, where content arrives. */
  readonly folder: string;
  readonly scanner?: Scanner;
  /** How long a request may take until it is answered, its body sent with it; two minutes unless told. */
  readonly timeoutMs?: number;
  /** How many objects one answer may list; 1000, the most that S3 lists, unless told. */
  readonly listedAtOnce?: number;
}

const hexDigits = "0123456789abcdef".split("");

/**
 * Content in a bucket of its own, as ab/abcdef…. A store that does not answer, or answers with a fault, is asked three
 * times; then all of these throw a StoreUnavailable. An object is there whole or not at all, so nothing is half done.
 */
export function bucketStore(
  bucket: BucketSettings,
  { folder, scanner, timeoutMs = 120_000, listedAtOnce = 1000 }: BucketOptions,
): ContentStore {
  const { ask, get, list } = bucketClient(bucket, { timeoutMs, listedAtOnce });
  const keyOf = (name: string) => `${name.slice(0, 2)}/${name}`;
  const moved = async (from: string, to: string) => {
    const { pathname } = new URL(bucket.url);
    await ask("PUT", keyOf(to), { headers: { "x-amz-copy-source": `${pathname}/${keyOf(from)}` } });
    await ask("DELETE", keyOf(from));
  };
  return {
    folder,
    where: bucket.url,
    ...(scanner ? { scanner } : {}),
    take: async (part, sha256) => {
      // The store works the same hash out and refuses what came otherwise.
      await ask("PUT", keyOf(sha256), { headers: { "x-amz-content-sha256": sha256 }, body: await openAsBlob(part) });
    },
    read: async (sha256) => {
      const answer = await get(keyOf(sha256));
      if (answer === null) return null;
      const sizeBytes = Number(answer.headers.get("content-length") ?? 0);
      // The two declarations of a web stream, the browser's and Node's, are one and the same thing here.
      const content = answer.body ? Readable.fromWeb(answer.body as ReadableStream) : Readable.from([]);
      return { sizeBytes, content };
    },
    has: async (sha256) => (await ask("HEAD", keyOf(sha256), { mayBeAbsent: true })) !== null,
    remove: async (name) => {
      await ask("DELETE", keyOf(name), { mayBeAbsent: true });
      return true;
    },
    parts: () => Promise.resolve(hexDigits.flatMap((first) => hexDigits.map((second) => `${first}${second}`))),
    list: (part) => list(`${part}/`),
    setAside: async (sha256, before) => {
      const found = (await list(keyOf(sha256))).find(({ name }) => name === sha256);
      if (!found || found.at >= before) return false;
      await moved(sha256, `${sha256}.aside`);
      return true;
    },
    putBack: (sha256) => moved(`${sha256}.aside`, sha256),
    note: async (name) => (await ask("GET", name, { mayBeAbsent: true })) ?? "",
    setNote: async (name, text) => {
      await ask("PUT", name, { body: text });
    },
  };
}

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | string;
  /** Gives null where there is no such object. */
  readonly mayBeAbsent?: boolean;
}

/** The five requests of S3 that a store needs, signed by `aws4fetch` (AWS Signature Version 4). */
function bucketClient(
  { url, region, key, secret }: BucketSettings,
  { timeoutMs, listedAtOnce }: Required<Pick<BucketOptions, "timeoutMs" | "listedAtOnce">>,
) {
  const signer = new AwsClient({ accessKeyId: key, secretAccessKey: secret, region, service: "s3" });
  const send = async (method: string, path: string, { headers = {}, body, mayBeAbsent = false }: Asking) => {
    // An address of the bucket itself has no slash at its end: so stores sign it alike.
    const address = path === "" || path.startsWith("?") ? `${url}${path}` : `${url}/${path}`;
    const sign = () => signer.sign(address, { method, headers, ...(body === undefined ? {} : { body }) });
    const answer = await inWords(url, () => askThrice(sign, timeoutMs));
    if (answer.ok) return answer;
    // Without its bucket nothing is absent: the setting is wrong.
    const said = await answer.text().catch(() => "");
    const code = /<Code>(\w{1,60})<\/Code>/.exec(said)?.[1] ?? `status ${answer.status}`;
    if (answer.status === 404 && mayBeAbsent && code !== "NoSuchBucket") return null;
    throw unavailable(url, new Error(`it says ${code}`));
  };
  const ask = async (method: string, path: string, asking: Asking = {}): Promise<string | null> => {
    const answer = await send(method, path, asking);
    if (answer === null) return null;
    const text = await inWords(url, () => answer.text());
    // A copy may fail after its answer has begun with 200 (Amazon S3 API, CopyObject).
    if (/^\s*(<\?xml[^>]*>\s*)?<Error>/.test(text)) throw unavailable(url, new Error(text.slice(0, 200)));
    return text;
  };
  const list = async (prefix: string): Promise<Kept[]> => {
    const kept: Kept[] = [];
    // The first version of the list: where the next page begins is a name, not a token of the store's own.
    for (let marker: string | null = ""; marker !== null;) {
      const query = new URLSearchParams({ "max-keys": String(listedAtOnce), prefix, marker });
      const page: string = (await ask("GET", `?${query.toString()}`)) ?? "";
      const keys: string[] = [];
      for (const [, object = ""] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        keys.push(textOf(object, "Key"));
        kept.push({ name: keys.at(-1)?.split("/").at(-1) ?? "", at: new Date(textOf(object, "LastModified")) });
      }
      marker = textOf(page, "IsTruncated") === "true" ? (keys.at(-1) ?? null) : null;
    }
    return kept;
  };
  return { ask, list, get: (path: string) => send("GET", path, { mayBeAbsent: true }) };
}

/** The text of an element that holds text alone. Names of ours and dates need no decoding. */
function textOf(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? "";
}

async function inWords<Answer>(where: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(where, error);
  }
}

function unavailable(where: string, error: unknown): StoreUnavailable {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : String(cause);
  return new StoreUnavailable(
    `The store of files at ${where} does not answer as it should (${reason.slice(0, 200)}). Check that it runs, and REEVE_S3_URL, REEVE_S3_KEY and REEVE_S3_SECRET.`,
    { cause: error },
  );
}

/** Once and twice again after a fault of the network or the server. The time counts until the answer begins. */
async function askThrice(sign: () => Promise<Request>, timeoutMs: number): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    const last = attempt === 2;
    try {
      const answer = await inTime(await sign(), timeoutMs);
      if (last || (answer.status < 500 && answer.status !== 429)) return answer;
      await answer.body?.cancel();
    } catch (error) {
      if (last) throw error;
    }
    await sleep(200 * 4 ** attempt);
  }
}

async function inTime(request: Request, timeoutMs: number): Promise<Response> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new Error(`no answer within ${timeoutMs / 1000} seconds`)), timeoutMs);
  try {
    return await fetch(request, { signal: over.signal });
  } finally {
    clearTimeout(timer);
  }
}
