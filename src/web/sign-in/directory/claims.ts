import * as z from "zod";
import { normalEmail } from "../attempts.ts";

/** Somebody as the organisation's directory describes them in an ID token that was proved to be its own. */
export interface DirectoryPerson {
  /** Who it is for the directory: the same for life, whatever their name or address becomes. */
  readonly subject: string;
  readonly name: string;
  /** Lower case; null where there is none, or none that the directory vouches for. */
  readonly email: string | null;
  /** `unknown` where the directory left them out because there are too many. */
  readonly groups: readonly string[] | "unknown";
}

/** Why an ID token tells us too little. */
export type ClaimsRefusal = "tenant" | "unverified" | "unproven";

const groupsMax = 1000;

const claimsForm = z.object({
  sub: z.string().min(1).max(255),
  oid: z.string().min(1).max(100).optional(),
  tid: z.string().max(100).optional(),
  name: z.string().optional(),
  email: z.string().max(254).optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  xms_edov: z.union([z.boolean(), z.string(), z.number()]).optional(),
  hasgroups: z.union([z.boolean(), z.string()]).optional(),
  _claim_names: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Reads the claims of an ID token, as the OpenID Connect core (section 5.1) and Entra ID name them. A tenant's issuer must have
 * made it for that tenant.
 */
export function readClaims(
  claims: Readonly<Record<string, unknown>>,
  { issuer, groupsClaim }: { readonly issuer: string; readonly groupsClaim: string },
): DirectoryPerson | ClaimsRefusal {
  const read = claimsForm.safeParse(claims);
  if (!read.success) return "unproven";
  const { sub, oid, tid, name = "", email } = read.data;
  // Entra ID: a tenant's issuer holds its id; one of another tenant, or of all tenants, is not who we asked.
  const tenant = /^https:\/\/(?:login\.microsoftonline\.[a-z]+|sts\.windows\.net)\/([0-9a-f-]{36})\//i.exec(
    issuer,
  )?.[1];
  if (tenant !== undefined && tid?.toLowerCase() !== tenant.toLowerCase()) return "tenant";
  const groups = groupsIn(claims, groupsClaim, read.data);
  if (groups === null) return "unproven";
  const address = email !== undefined && isVerified(read.data) ? normalEmail(email) : null;
  return {
    // `sub` is one for each application that is registered; `oid` stays when it is registered anew.
    subject: tid !== undefined && oid !== undefined ? `${tid}/${oid}`.toLowerCase() : sub,
    name: cleaned(name),
    email: address !== null && z.email().safeParse(address).success ? address : null,
    groups,
  };
}

type Claims = z.infer<typeof claimsForm>;

/** Entra ID lets anybody set their address in a tenant of their own, and says by xms_edov whether it proved the domain. */
function isVerified({ email_verified: verified, xms_edov: owned }: Claims): boolean {
  return [true, "true"].includes(verified ?? false) || [true, 1, "1", "true"].includes(owned ?? false);
}

/** Null for what is no list of groups. */
function groupsIn(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  { _claim_names: elsewhere, hasgroups }: Claims,
): readonly string[] | "unknown" | null {
  const given = claims[claim];
  if (given === undefined) {
    const overage = elsewhere !== undefined && Object.hasOwn(elsewhere, claim);
    return overage || [true, "true"].includes(hasgroups ?? false) ? "unknown" : [];
  }
  const list = z
    .array(z.string().min(1).max(200))
    .max(groupsMax)
    .safeParse(typeof given === "string" ? [given] : given);
  return list.success ? list.data : null;
}

function cleaned(name: string): string {
  return name
    .normalize("NFC")
    .replaceAll(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, 120);
}
