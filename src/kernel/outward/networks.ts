import ipaddr from "ipaddr.js";

/** A network by an address of it and how many bits of that count: 10.20.0.0/16. */
export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** All of IPv6 that is given out for the public internet (RFC 4291, section 2.4); what is outside is for something special. */
const publicIPv6: Network = ipaddr.parseCIDR("2000::/3");

/** Whether an address is of the public internet, or of a network that is allowed beside it. */
export function isAllowed(address: string, networks: readonly Network[]): boolean {
  const [plain = ""] = address.split("%");
  if (!ipaddr.isValid(plain)) return false;
  // An IPv4 address within an IPv6 one is what it stands for.
  const read = ipaddr.process(plain);
  const isPublic = read.range() === "unicast" && (read.kind() === "ipv4" || within(read, publicIPv6));
  return isPublic || networks.some((network) => within(read, network));
}

function within(read: ipaddr.IPv4 | ipaddr.IPv6, [address, bits]: Network): boolean {
  return address.kind() === read.kind() && read.match(address, bits);
}

/** Networks from a setting: `10.20.0.0/16, fd00::/8`. Null when one of them is none. */
export function networksIn(text: string): readonly Network[] | null {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 50 || !parts.every((part) => ipaddr.isValidCIDR(part))) return null;
  return parts.map((part) => ipaddr.parseCIDR(part));
}
