import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { RequestOptions } from "node:https";
import { NotAllowedThere, allowedLookup, mustBeAllowed } from "./address.ts";
import type { Network } from "./networks.ts";

/** What came of one attempt. */
export interface Posted {
  /** What was answered; null when nothing was. */
  readonly status: number | null;
  /** Why it did not arrive, as a sentence without a full stop; null when it did. */
  readonly problem: string | null;
  readonly tookMs: number;
}

interface PostOptions {
  readonly networks: readonly Network[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly stop: AbortSignal;
  /** From the first step to the answer: 15 seconds unless told. */
  readonly timeoutMs?: number;
}

/** The most of an answer that is taken in, and thrown away. Bytes. */
const answerMax = 65_536;

/** Posts to an address on the public internet or an allowed network. Follows no redirect and reads no answer. */
export async function post(address: string, options: PostOptions): Promise<Posted> {
  const started = performance.now();
  const tookMs = () => Math.round(performance.now() - started);
  const { timeoutMs = 15_000 } = options;
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const url = new URL(address);
    mustBeAllowed(url, options.networks);
    const status = await answerOf(url, options, AbortSignal.any([late, options.stop]));
    return { status, problem: problemOf(status), tookMs: tookMs() };
  } catch (error) {
    if (options.stop.aborted) throw error;
    const problem = late.aborted ? `No answer within ${timeoutMs / 1000} seconds` : sentenceOf(error);
    return { status: null, problem, tookMs: tookMs() };
  }
}

function answerOf(url: URL, { networks, headers, body }: PostOptions, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      lookup: allowedLookup(networks),
      agent: false,
      signal,
    };
    const sent = (url.protocol === "https:" ? overHttps : overHttp)(url, options, (answer) => {
      resolve(answer.statusCode ?? 0);
      let taken = 0;
      answer.on("error", () => {});
      answer.on("data", (chunk: Buffer) => {
        taken += chunk.length;
        if (taken > answerMax) answer.destroy();
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function problemOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status === 410) return "It answered that it is gone for good";
  return status >= 300 && status < 400 ? "It answered with a redirect, which is not followed" : `It answered ${status}`;
}

/** Errors of the network by their codes: their own words name addresses of a network that the reader may not know. */
function sentenceOf(error: unknown): string {
  if (error instanceof NotAllowedThere) return error.message;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/CERT|SIGNATURE|SELF_SIGNED|ALTNAME/.test(code)) return `Its certificate is not right (${code})`;
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: "There is no such name",
    EAI_AGAIN: "The name could not be looked up",
    ECONNREFUSED: "Nothing listens there",
    ECONNRESET: "It broke off",
    EPROTO: "It does not speak TLS as it should",
    EHOSTUNREACH: "There is no way there",
    ENETUNREACH: "There is no way there",
  };
  return known[code] ?? `It could not be reached${/^[A-Z_]{3,40}$/.test(code) ? ` (${code})` : ""}`;
}
