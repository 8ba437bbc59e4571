import { lookup } from "node:dns";
import type { LookupAddress, LookupOptions } from "node:dns";
import { isIP } from "node:net";
import { isLoopback } from "../settings-list.ts";
import { isAllowed } from "./networks.ts";
import type { Network } from "./networks.ts";

/** Why an address is none that a webhook can have, as a sentence without a full stop; null when it can. */
export function addressProblem(address: string): string | null {
  const url = URL.parse(address);
  if (url === null) return "Address must be a web address, like https://integration.example.gov.uk/reeve";
  if (url.username !== "" || url.password !== "")
    return "Address must not hold a name or password: what is sent is signed instead";
  // Plain http can be read and changed on its way.
  if (url.protocol !== "https:" && !isLoopback(bare(url.hostname))) return "Address must begin with https://";
  return null;
}

/** Said to whoever looks at the log, when a webhook leads to where none may go. */
export class NotAllowedThere extends Error {
  override name = "NotAllowedThere";
}

/** Refuses (NotAllowedThere) an address with a number of its own in place of a name, and http but to an allowed network. */
export function mustBeAllowed(url: URL, networks: readonly Network[]): void {
  const host = bare(url.hostname);
  if (isIP(host) !== 0 && !isAllowed(host, networks)) throw new NotAllowedThere(notAllowed);
  if (url.protocol === "https:") return;
  const own = isLoopback(host) && networks.length > 0;
  if (url.protocol !== "http:" || !own) throw new NotAllowedThere("The address must begin with https://");
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Looks a name up as a connection does, and gives only addresses that a webhook may go to: the connection is then made to
 * one that was looked at, whatever the name says a moment later.
 */
export function allowedLookup(networks: readonly Network[]) {
  return (host: string, options: LookupOptions, found: Found): void => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return found(error, []);
      // One that may not be asked is enough: an honest name leads to none.
      if (addresses.length === 0 || addresses.some(({ address }) => !isAllowed(address, networks)))
        return found(new NotAllowedThere(notAllowed), []);
      const [first] = addresses;
      return options.all ? found(null, addresses) : found(null, first!.address, first!.family);
    });
  };
}

const notAllowed =
  "The address leads into a private network. Whoever runs Reeve can allow networks with REEVE_WEBHOOK_NETWORKS";

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}
