import { Agent, request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

/** What a web process answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly token?: string;
}

/** Someone who asks over connections that stay open, and keeps cookies as a browser does. */
export class Visitor {
  readonly #address: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #cookies = new Map<string, string>();

  constructor(address: string) {
    this.#address = address;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#ask("GET", path, { headers });
  }

  post(path: string, asked: Asked): Promise<Answer> {
    return this.#ask("POST", path, asked);
  }

  /** Keeps cookies that were given elsewhere, as `Set-Cookie` lines. */
  keep(lines: readonly string[]): void {
    for (const line of lines) this.#keep(line);
  }

  /** The cookies as a header. */
  cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Signs in by the button of a demo person. */
  async signIn(accountId: string): Promise<void> {
    const page = await this.get("/sign-in");
    const answer = await this.post("/sign-in/demo", { form: { _csrf: tokenIn(page.body), account: accountId } });
    if (answer.status !== 303) throw new Error(`Signing in was answered with ${answer.status}`);
  }

  #ask(method: string, path: string, { form, json, token, headers: more = {} }: Asked): Promise<Answer> {
    const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
    const headers = {
      ...more,
      ...(this.#cookies.size > 0 && token === undefined ? { cookie: this.cookies() } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined
        ? {}
        : {
            "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
            "content-length": Buffer.byteLength(body),
          }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, this.#address), { method, agent: this.#agent, headers }, (response) => {
        for (const line of response.headers["set-cookie"] ?? []) this.#keep(line);
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString("utf8"),
          }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  #keep(line: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** The token of the forms on a page. */
export function tokenIn(html: string): string {
  const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
  if (token === undefined) throw new Error("There is no form token on this page");
  return token;
}
