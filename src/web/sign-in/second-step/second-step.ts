import type { AttemptRefusal } from "../attempts.ts";
import type { Client } from "../contract.ts";
import { guarded, holderOfPassword } from "../entering.ts";
import { flowSeconds, flows } from "../flows.ts";
import type { RequestHeaders } from "../headers.ts";
import type { AsProduct } from "../links.ts";
import { ownSession } from "../parts.ts";
import type { SignInParts } from "../parts.ts";
import { personForAccount } from "../people.ts";
import type { AccountPerson } from "../people.ts";
import { sessionCookies } from "../start-session.ts";
import { withLine } from "../told.ts";
import { addressOfKey, newKey, readCode, stepOfCode } from "./codes.ts";
import { dropSecondStep, keepSecondStep, keptSecondStep, renewRecoveryCodes, takeCode } from "./kept.ts";
import type { KeptSecondStep } from "./kept.ts";

/** What an authenticator app is given, and the secret of this attempt for the form that sends its first code. */
export interface SecondStepSetup {
  readonly secret: string;
  /** Base 32, to be typed. */
  readonly key: string;
  /** `otpauth://…`, to be shown as a QR code. */
  readonly address: string;
}

/** The password was right, and a code is asked for: with a setup where there is none yet and a role asks for one. */
export interface SecondStepAsked {
  readonly secret: string;
  readonly setup?: SecondStepSetup;
}

/** Why nothing was done. `dead`: the page was open for too long, or was sent before. */
export type SecondStepRefusal =
  { readonly ok: false; readonly reason: "signed-out" | "wrong" | "dead" } | ({ readonly ok: false } & AttemptRefusal);
type WithCodes = { readonly ok: true; readonly recoveryCodes: readonly string[] };
type WrongCode = { readonly ok: false; readonly reason: "wrong-code"; readonly again: SecondStepAsked };

/** A second step of signing in with a password: a code from an authenticator app, or a recovery code. */
export interface SecondStep {
  /** The asker's own; null when signed out. `possible` for who has a password. */
  readonly state: (
    headers: RequestHeaders,
  ) => Promise<{ readonly possible: boolean; readonly asked: boolean; readonly kept: KeptSecondStep | null } | null>;
  /** Offers a key to the asker, who proves that it is them by their password. */
  readonly begin: (
    asking: { password: string } & Client,
  ) => Promise<{ readonly ok: true; readonly setup: SecondStepSetup } | SecondStepRefusal>;
  /** The app's first code: from now on the second step is asked for. */
  readonly confirm: (
    first: { secret: string; code: string } & Client,
  ) => Promise<WithCodes | WrongCode | SecondStepRefusal>;
  /** Refused (`wrong`) as well where a role asks for a second step. */
  readonly end: (asking: { password: string } & Client) => Promise<{ readonly ok: true } | SecondStepRefusal>;
  readonly renewCodes: (asking: { password: string } & Client) => Promise<WithCodes | SecondStepRefusal>;
  /** The second step itself, by somebody who gave the right password: a session where the code is right. */
  readonly pass: (
    step: { secret: string; code: string } & Client,
  ) => Promise<
    | { readonly ok: true; readonly cookies: readonly string[]; readonly recoveryCodes: readonly string[] | null }
    | WrongCode
    | SecondStepRefusal
  >;
  /** Since when an account has one; null for none. For an administrator. */
  readonly since: (accountId: string) => Promise<Date | null>;
}

/** Whether a role of this person asks for a second step. */
export type AsksSecondStep = (person: AccountPerson) => Promise<boolean>;

interface Flow {
  readonly accountId: string;
  readonly email: string;
  /** Milliseconds since 1970: however often a code is tried, the password is good for so long. */
  readonly until: number;
  /** Where the app is still to be set up. */
  readonly key?: string;
}

interface Parts extends SignInParts {
  readonly asProduct: AsProduct;
  readonly asks: AsksSecondStep;
}

/** Both ends of it: the way to ask for it while signing in, and the methods. */
export function secondSteps(parts: Parts): {
  readonly ask: (accountId: string, email: string, person: AccountPerson) => Promise<SecondStepAsked | null>;
  readonly methods: SecondStep;
} {
  const entering = flows<Flow>({ pool: parts.pool, now: parts.now, kind: "second step", seconds: flowSeconds });
  const settingUp = flows<Flow>({ pool: parts.pool, now: parts.now, kind: "second step setup", seconds: flowSeconds });
  const until = () => parts.now().getTime() + flowSeconds * 1000;
  const withPassword = (asking: { password: string } & Client) => ownerByPassword(parts, asking);
  return {
    async ask(accountId, email, person) {
      const kept = await keptSecondStep(parts, accountId);
      if (kept === null && !(await parts.asks(person))) return null;
      const flow = { accountId, email, until: until(), ...(kept === null ? { key: newKey() } : {}) };
      return askedBy(await entering.begin(flow), flow);
    },
    methods: {
      async state(headers) {
        const own = await ownSession(parts, headers);
        const person = own === null ? null : await personForAccount(parts.pool, own.user.id);
        if (own === null || person === null) return null;
        const [kept, asked, possible] = await Promise.all([
          keptSecondStep(parts, own.user.id),
          parts.asks(person),
          hasPassword(parts, own.user.id),
        ]);
        return { possible, asked, kept };
      },
      async begin(asking) {
        const owner = await withPassword(asking);
        if (!owner.ok) return owner;
        const flow = { ...owner.value, until: until(), key: newKey() };
        return { ok: true, setup: setupOf(await settingUp.begin(flow), flow.key, flow.email) };
      },
      async confirm({ secret, code, headers, address }) {
        const own = await ownSession(parts, headers);
        const flow = own === null ? null : await settingUp.take(secret);
        if (own === null) return { ok: false, reason: "signed-out" };
        if (flow?.key === undefined || flow.accountId !== own.user.id) return { ok: false, reason: "dead" };
        return firstCode(parts, settingUp.begin, { ...flow, key: flow.key }, code, address);
      },
      async end(asking) {
        const owner = await withPassword(asking);
        if (!owner.ok) return owner;
        const person = await personForAccount(parts.pool, owner.value.accountId);
        if (person === null || (await parts.asks(person))) return { ok: false, reason: "wrong" };
        const { accountId } = owner.value;
        await withLine(parts, accountId, "second_step_ended", () => dropSecondStep(parts, accountId));
        return { ok: true };
      },
      async renewCodes(asking) {
        const owner = await withPassword(asking);
        if (!owner.ok) return owner;
        const { accountId } = owner.value;
        if ((await keptSecondStep(parts, accountId)) === null) return { ok: false, reason: "dead" };
        const recoveryCodes = await withLine(parts, accountId, "recovery_codes_made", () =>
          renewRecoveryCodes(parts, accountId),
        );
        return { ok: true, recoveryCodes };
      },
      async pass({ secret, code, ...client }) {
        const flow = await entering.take(secret);
        if (flow === null || flow.until <= parts.now().getTime()) return { ok: false, reason: "dead" };
        const passed =
          flow.key === undefined
            ? await laterCode(parts, entering.begin, flow, code, client.address)
            : await firstCode(parts, entering.begin, { ...flow, key: flow.key }, code, client.address);
        if (!passed.ok) return passed;
        const cookies = await sessionCookies(parts, flow.accountId, client);
        if (cookies === null) return { ok: false, reason: "dead" };
        return { ok: true, cookies, recoveryCodes: passed.recoveryCodes };
      },
      since: async (accountId) => (await keptSecondStep(parts, accountId))?.startedAt ?? null,
    },
  };
}

type Begin = (flow: Flow) => Promise<string>;

/** The first code of an app that is being set up: right, and the step is kept. */
async function firstCode(
  parts: Parts,
  begin: Begin,
  flow: Flow & { readonly key: string },
  typed: string,
  address: string,
): Promise<WithCodes | WrongCode | SecondStepRefusal> {
  const result = await guarded(parts, attemptName(flow), address, async () => {
    const read = readCode(typed);
    return read?.kind === "app" ? stepOfCode(flow.key, read.code, parts.now(), -1) : null;
  });
  if (!result.ok) return result.reason === "wrong" ? wrongCode(begin, flow) : result;
  const recoveryCodes = await withLine(parts, flow.accountId, "second_step_begun", () =>
    keepSecondStep(parts, flow.accountId, { key: flow.key, step: result.value }),
  );
  return recoveryCodes === null ? { ok: false, reason: "dead" } : { ok: true, recoveryCodes };
}

/** A code of an app that is set up, or a recovery code. */
async function laterCode(parts: Parts, begin: Begin, flow: Flow, typed: string, address: string) {
  const take = () => takeCode(parts, flow.accountId, typed);
  const isRecovery = readCode(typed)?.kind === "recovery";
  const result = await guarded(parts, attemptName(flow), address, () =>
    isRecovery ? withLine(parts, flow.accountId, "recovery_code_used", take) : take(),
  );
  if (!result.ok) return result.reason === "wrong" ? wrongCode(begin, flow) : result;
  return { ok: true as const, recoveryCodes: null };
}

async function wrongCode(begin: Begin, flow: Flow): Promise<WrongCode> {
  return { ok: false, reason: "wrong-code", again: askedBy(await begin(flow), flow) };
}

/** Wrong codes are counted apart from wrong passwords, so that giving the right password again does not forget them. */
function attemptName({ accountId }: Flow): string {
  return `second step of ${accountId}`;
}

function askedBy(secret: string, { key, email }: Flow): SecondStepAsked {
  return { secret, ...(key === undefined ? {} : { setup: setupOf(secret, key, email) }) };
}

function setupOf(secret: string, key: string, email: string): SecondStepSetup {
  return { secret, key, address: addressOfKey(key, "Reeve", email) };
}

/** Whoever is signed in here, where this is their password. */
async function ownerByPassword(parts: Parts, { password, headers, address }: { password: string } & Client) {
  const own = await ownSession(parts, headers);
  if (own === null) return { ok: false, reason: "signed-out" } as const;
  const { id, email } = own.user;
  const known = await guarded(parts, email, address, () => holderOfPassword(parts, email, password));
  if (!known.ok) return known;
  return known.value.accountId === id
    ? ({ ok: true, value: { accountId: id, email } } as const)
    : ({ ok: false, reason: "wrong" } as const);
}

async function hasPassword({ pool }: SignInParts, accountId: string): Promise<boolean> {
  const { rows } = await pool.query(
    "select 1 from reeve.sign_in_credential where user_id = $1 and provider = 'credential' and password_hash is not null",
    [accountId],
  );
  return rows.length > 0;
}
