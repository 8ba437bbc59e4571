import type { Pool } from "pg";
import type { AccountResult, NewAccount } from "./accounts.ts";
import type { AttemptRefusal } from "./attempts.ts";
import type { DirectorySignIn } from "./directory/directory.ts";
import type { DirectorySettings } from "./directory/provider.ts";
import type { RequestHeaders } from "./headers.ts";
import type { AsProduct, SignInLinks } from "./links.ts";
import type { PasswordContext } from "./password.ts";
import type { DemoAccount } from "./people.ts";
import type { Passkeys } from "./passkeys/passkeys.ts";
import type { Provisioning } from "./provisioning.ts";
import type { SecondStep, SecondStepAsked } from "./second-step/second-step.ts";
import type { SessionRow } from "./sessions.ts";

export interface SignInOptions {
  /** A pool of `reeve_app`. */
  readonly pool: Pool;
  /** At least 32 random characters, kept: changing it ends every session and forgets every lock-out. */
  readonly secret: string;
  /** The address people use. */
  readonly baseUrl: string;
  /** Whether people of an organisation flagged demo may come in at all; yes unless told. */
  readonly demo?: boolean;
  /** The e-mail addresses of the people whom a demonstration has a button for, beside those whose account has no password. */
  readonly demoEmails?: readonly string[];
  /** What sign-in links and the organisation's own sign-in need; without it they throw, and everything else works. */
  readonly asProduct?: AsProduct;
  /** The organisation's own directory; people cannot sign in with it unless told. Needs `asProduct`. */
  readonly directory?: DirectorySettings;
  /** Who may come in with a password: everyone unless told. The demonstration's people are not asked for one. */
  readonly passwords?: "everyone" | "administrators";
  /** For lock-out and what is remembered of people. The end of a session goes by the system's clock. */
  readonly now?: () => Date;
}

/** Where a request comes from. */
export interface Client {
  readonly headers: RequestHeaders;
  /** Network address as the web server vouches for it (Fastify's `request.ip`), never a header read by hand. */
  readonly address: string;
}

export interface SessionPerson {
  readonly sessionId: string;
  readonly accountId: string;
  readonly organisationId: string;
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  /** True when the organisation is flagged demo. */
  readonly demo: boolean;
  /** Set-Cookie lines to copy to the reply; mostly none. Without them sessions do not roll and pages are slower. */
  readonly cookies: readonly string[];
}

/** `cookies` are whole Set-Cookie lines. */
export type SignInResult =
  | { readonly ok: true; readonly cookies: readonly string[] }
  | { readonly ok: false; readonly reason: "wrong" }
  /** The password is right, and is no way in for this person: they use the organisation's own sign-in. */
  | { readonly ok: false; readonly reason: "organisation-only" }
  /** The password is right, and a code is asked for as well. */
  | { readonly ok: false; readonly reason: "second-step"; readonly asked: SecondStepAsked }
  | ({ readonly ok: false } & AttemptRefusal);

export interface PasswordChange extends Client {
  readonly current: string;
  readonly wanted: string;
  /** Besides the account's own name and e-mail address, which are always looked for. */
  readonly context?: PasswordContext;
}

export type ChangePasswordResult =
  | SignInResult
  | { readonly ok: false; readonly reason: "signed-out" }
  | { readonly ok: false; readonly reason: "weak"; readonly message: string };

/** Every method throws a SignInFailure, which holds no secret, when something is broken rather than refused. */
export interface SignIn extends SignInLinks {
  /** `wrong` says neither whether the account exists nor whether its person is active. */
  readonly signIn: (attempt: { email: string; password: string } & Client) => Promise<SignInResult>;
  /**
   * Signs in without a password. Refused (`wrong`) unless the account is of an active person of an organisation
   * flagged demo, which is checked here and in the database.
   */
  readonly signInAs: (accountId: string, client: Client) => Promise<SignInResult>;
  /** Signing in with the organisation's own directory; null where none is set. */
  readonly directory: DirectorySignIn | null;
  readonly secondStep: SecondStep;
  /** Null where the address that people use has no name. */
  readonly passkeys: Passkeys | null;
  readonly provisioning: Provisioning;
  /** Whether a password is a way in for administrators alone. */
  readonly passwordsForAdministratorsOnly: boolean;
  /** The people who may be given a sign-in button: none unless an organisation is flagged demo. */
  readonly demoAccounts: () => Promise<readonly DemoAccount[]>;
  /**
   * Who is asking; null when nobody is signed in. An ended session or a deactivated person is out within 10 s. A request
   * with the header `reeve-by-itself`, which a page sends without anybody's doing, is no use of the session.
   */
  readonly sessionFrom: (headers: RequestHeaders) => Promise<SessionPerson | null>;
  /**
   * Of these sessions, those that have ended or whose person is no longer active. Asking is no use of a session: its end
   * does not move.
   */
  readonly endedSessions: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Ends the session and answers the Set-Cookie lines that clear its cookies. Harmless when nobody is signed in. */
  readonly signOut: (headers: RequestHeaders) => Promise<readonly string[]>;
  /** The asker's sessions, newest first, at most 100. Null when signed out. */
  readonly listSessions: (headers: RequestHeaders) => Promise<readonly SessionRow[] | null>;
  /** Ends one of the asker's own sessions. False when there is none with that id, or when signed out. */
  readonly endSession: (headers: RequestHeaders, sessionId: string) => Promise<boolean>;
  /** Ends the asker's other sessions and says how many. Null when signed out. */
  readonly endOtherSessions: (headers: RequestHeaders) => Promise<number | null>;
  /** Ends every session of the asker, this one with them; answers the Set-Cookie lines that clear its cookies. */
  readonly signOutEverywhere: (headers: RequestHeaders) => Promise<readonly string[]>;
  /** These sessions were ended in the database: they are not remembered here either. */
  readonly forgetSessions: (sessionIds: readonly string[]) => void;
  /** Wrong current passwords count towards the lock-out. Success ends every session and begins a new one. */
  readonly changePassword: (change: PasswordChange) => Promise<ChangePasswordResult>;
  /** For setup and administrators, who then put the account's id into the person's `account_id`. */
  readonly createAccount: (account: NewAccount) => Promise<AccountResult>;
}
