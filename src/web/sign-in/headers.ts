import type { IncomingHttpHeaders } from "node:http";
import { addressHeader } from "./better-auth.ts";

/** Headers as Fastify (`request.headers`) or fetch hold them. */
export type RequestHeaders = IncomingHttpHeaders | Headers;

/** Only what signing in looks at, so that nothing else a browser sends can steer it. */
export function headersFor(headers: RequestHeaders, address?: string): Headers {
  const wanted = new Headers();
  for (const name of ["cookie", "user-agent"] as const) {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    if (value !== undefined && value !== null) wanted.set(name, printable(value).slice(0, lengthMax[name]));
  }
  const cookies =
    wanted
      .get("cookie")
      ?.split(/; */)
      .filter((cookie) => ofSignIn.test(cookie)) ?? [];
  if (cookies.length > 0) wanted.set("cookie", cookies.join("; "));
  else wanted.delete("cookie");
  if (address !== undefined) wanted.set(addressHeader, printable(address).slice(0, 64));
  return wanted;
}

/** The cookies that better-auth sets for us; others change from page to page. */
const ofSignIn = /^(?:__Secure-)?reeve\.(?:session_|dont_remember)/;

/** Node refuses header lines over 16 KB; a stored browser name need not be longer than this. */
const lengthMax = { cookie: 16_384, "user-agent": 300 };

/** A Headers object throws on any other character. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").trim();
}
