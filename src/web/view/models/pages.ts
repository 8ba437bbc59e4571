/** Pages round the records: signing in, account, administration, errors, reference. */
import type { FormContent, FormError } from "./form.ts";
import type { HiddenField, Link, Shell, Tag } from "./shell.ts";
import type { Table } from "./tables.ts";

export type SignInPage = {
  readonly shell: Shell;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
  /** Whether nobody can sign in yet, because the organisation and its first administrator are still to be made. */
  readonly waitsForSetup?: boolean;
  /** The way in through the organisation's own directory. */
  readonly organisation?: OrganisationButton;
  readonly passkeyHref?: string;
  readonly passwordsForAdministratorsOnly?: boolean;
  /** Only for an organisation flagged demo. Each is a form with one button. */
  readonly demoPeople?: {
    readonly action: string;
    readonly people: readonly {
      /** A short name for the button, like `lead-support`. */
      readonly key: string;
      readonly name: string;
      readonly role: string;
      readonly hidden: readonly HiddenField[];
    }[];
  };
};

/** “Sign in with {name}”, which leaves this site. */
export type OrganisationButton = { readonly name: string; readonly href: string };

/** The first visit of a new installation: the organisation and its first administrator. */
export type SetupPage = { readonly shell: Shell; readonly errors: readonly FormError[]; readonly form: FormContent };

export type AccountPage = {
  readonly shell: Shell;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly errors: readonly FormError[];
  readonly sessions: readonly {
    readonly device: string;
    readonly started: string;
    readonly lastSeen: string;
    readonly current: boolean;
    readonly endAction: string;
    readonly hidden: readonly HiddenField[];
  }[];
  readonly endOthersAction?: string;
  readonly tokens: readonly {
    readonly name: string;
    readonly scopes: string;
    readonly created: string;
    readonly expires: string;
    readonly lastUsed: string;
    readonly revokeAction: string;
    readonly hidden: readonly HiddenField[];
  }[];
  readonly newToken?: FormContent;
  readonly changePassword?: FormContent;
  readonly passkeys?:
    | {
        readonly addHref: string;
        readonly items: readonly { readonly name: string; readonly text: string; readonly removeAction: string }[];
      }
    | undefined;
  /** Two-step sign-in, for who signs in with a password. */
  readonly secondStep?: { readonly text: string; readonly links: readonly Link[] } | undefined;
};

/** A form that has the browser use a passkey, or make one. */
export type PasskeyPage = {
  readonly shell: Shell;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly errors: readonly FormError[];
  readonly action: string;
  readonly kind: "get" | "create";
  /** JSON for the browser's own function. */
  readonly options: string;
  /** What to call a new one, to be changed. */
  readonly name?: string;
  readonly hidden: readonly HiddenField[];
  readonly submit: string;
  readonly cancel: Link;
};

/** The tokens with which the organisation's directory provisions, and the form for another. */
export type ProvisioningPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly errors: readonly FormError[];
  readonly address: string;
  readonly tokens: readonly { readonly name: string; readonly text: string; readonly revokeAction: string }[];
  readonly form: FormContent;
};

/** The fields of a type: those of its definition and those that the organisation added. */
export type FieldsPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly intro: string;
  /** Absent for those who may look and not add. */
  readonly add?: Link;
  readonly extend?: Link;
  readonly own: readonly {
    readonly label: string;
    readonly href: string;
    readonly text: string;
    readonly retired: boolean;
    /** Where its place is changed: absent where it cannot go that way. */
    readonly up?: string;
    readonly down?: string;
  }[];
  readonly orderAction: string;
  readonly table: Table;
};

/** What a disposal lists, and the certificate that it becomes. */
export type DisposalPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly caption: string;
  readonly title: string;
  readonly state: Tag;
  readonly errors: readonly FormError[];
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  readonly csvHref: string;
  readonly table: Table;
  /** The form that decides on those that must be looked at first; only before it is approved. */
  readonly decide?: FormContent;
  /** The form that keeps one of them; only before it is approved. */
  readonly keep?: FormContent;
};

/** Who did what: the search, and a page of what it found. */
export type AuditPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
  readonly csvHref: string;
  readonly table: Table;
  readonly olderHref?: string;
};

/** Where people are signed in, for an administrator. */
export type SessionsPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly title: string;
  readonly intro: string;
  readonly sessions: readonly {
    readonly person?: Link;
    readonly device: string;
    readonly address: string;
    readonly started: string;
    readonly lastSeen: string;
    readonly current: boolean;
    readonly endAction: string;
  }[];
  /** Each is a form with one button, and what to know before. */
  readonly actions: readonly { readonly label: string; readonly action: string; readonly text: string }[];
};

/** Asks for a code of an authenticator app, shows what to put into it, or shows recovery codes once. */
export type SecondStepPage = {
  readonly shell: Shell;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly errors: readonly FormError[];
  /** Squares of one unit, as the path of an SVG of this many units. */
  readonly qr?: { readonly size: number; readonly path: string };
  readonly key?: string;
  readonly codes?: readonly string[];
  readonly form?: FormContent;
  readonly back?: Link;
};

/** The one time the token can be read. */
export type TokenCreatedPage = {
  readonly shell: Shell;
  readonly name: string;
  readonly token: string;
  readonly expires: string;
  readonly scopes: string;
  readonly example: string;
  readonly back: Link;
};

/** Making a sign-in link: first the form that asks for it, then the one time that the link can be read. */
export type SignInLinkPage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly caption: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly form?: FormContent;
  readonly link?: { readonly label: string; readonly value: string; readonly after: readonly string[] };
  readonly back?: Link;
};

export type NotFoundPage = { readonly shell: Shell; readonly searchAction?: string };

/** Seen but may not do. `what` completes "You cannot ...": "change this policy"; `why` is a sentence without its full stop. */
export type NotAllowedPage = {
  readonly shell: Shell;
  readonly what: string;
  readonly why?: string;
  readonly back?: Link;
};

/** A move that is no longer possible from here. */
export type ConflictPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly sentence: string;
  readonly record: Link;
  /** What was typed, so that nothing is lost. */
  readonly kept: readonly { readonly label: string; readonly value: string }[];
};

/**
 * The session ended while typing. The form signs in and carries what was typed in `form.hidden`; once `signedIn`, it
 * sends that to where it was meant for.
 */
export type SessionEndedPage = {
  readonly shell: Shell;
  readonly signedIn?: boolean;
  readonly errors: readonly FormError[];
  readonly form: FormContent;
  readonly organisation?: OrganisationButton;
  readonly kept: readonly { readonly label: string; readonly value: string }[];
};

export type TooManyRequestsPage = { readonly shell: Shell; /** "in 30 seconds" */ readonly retry: string };

export type FaultPage = { readonly shell: Shell; /** What to quote to support. */ readonly reference: string };

/** The database cannot be reached or the disk is full. Rendered from settings alone. */
export type UnavailablePage = {
  readonly shell: Shell;
  readonly cause: "database" | "disk" | "files" | "starting";
  readonly reference?: string;
};

/** A bad request that is nobody's form: a wrong address, a stale form token, a body too large. */
export type BadRequestPage = {
  readonly shell: Shell;
  readonly breadcrumb?: readonly Link[];
  readonly title: string;
  readonly sentences: readonly string[];
  readonly back?: Link;
};

/** What holds for the whole API, and where each type is described. */
export type ApiReferencePage = {
  readonly shell: Shell;
  readonly openapiHref: string;
  readonly baseUrl: string;
  readonly intro: readonly string[];
  readonly example: string;
  readonly types: readonly Link[];
  readonly problems: Table;
};

/** What the API takes and gives of one type. */
export type ApiTypePage = {
  readonly shell: Shell;
  readonly breadcrumb: readonly Link[];
  readonly baseUrl: string;
  readonly title: string;
  readonly description?: string;
  readonly endpoints: readonly {
    readonly method: "GET" | "POST" | "PATCH" | "DELETE";
    readonly path: string;
    readonly summary: string;
    readonly parameters?: Table;
    readonly answers?: string;
  }[];
  readonly fields: Table;
};

export type AccessibilityPage = {
  readonly shell: Shell;
  readonly organisation: string;
  readonly contact: { readonly email?: string; readonly phone?: string };
  readonly checkedOn: string;
  readonly knownProblems: readonly string[];
};
