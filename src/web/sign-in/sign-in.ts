import { Refusal } from "../../kernel/errors.ts";
import { holdsAdministration } from "../../kernel/organisation/administrators.ts";
import { asksSecondStep } from "../../kernel/organisation/second-step.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Tx, Who } from "../../kernel/transaction.ts";
import { createAccount } from "./accounts.ts";
import { createAuth } from "./better-auth.ts";
import { changingPassword } from "./changing-password.ts";
import type { SignIn, SignInOptions } from "./contract.ts";
import { entering } from "./entering.ts";
import { withDates } from "./dates.ts";
import { directorySignIn } from "./directory/directory.ts";
import { withoutSecrets } from "./failure.ts";
import { gate } from "./gate.ts";
import { signInLinks } from "./links.ts";
import type { AsProduct } from "./links.ts";
import { demoAccounts, peopleOfSessions, personForAccount } from "./people.ts";
import { passkeySignIn } from "./passkeys/passkeys.ts";
import { provisioning } from "./provisioning.ts";
import { secondSteps } from "./second-step/second-step.ts";
import { sessionMethods } from "./session-methods.ts";
import { makeRoom } from "./sessions.ts";
import type { SignInParts } from "./parts.ts";

export type {
  ChangePasswordResult,
  Client,
  PasswordChange,
  SessionPerson,
  SignIn,
  SignInOptions,
  SignInResult,
} from "./contract.ts";

/** Ready at once; opens no connection until it is asked something. Throws when the secret is too short. */
export function createSignIn(options: SignInOptions): SignIn {
  const {
    pool: given,
    secret,
    baseUrl,
    now = () => new Date(),
    demo = true,
    demoEmails = [],
    asProduct = noProduct,
    directory,
    passwords = "everyone",
  } = options;
  const pool = withDates(given);
  if (secret.length < 32) throw new Error("The secret that signs cookies must have at least 32 characters");
  const maySignIn = async (accountId: string): Promise<boolean> => {
    if ((await personForAccount(pool, accountId)) === null) return false;
    await makeRoom(pool, accountId);
    return true;
  };
  const parts: SignInParts = {
    pool,
    secret,
    now,
    auth: createAuth({ pool, secret, baseUrl, maySignIn }),
    people: peopleOfSessions(pool, now),
    // A password check takes 32 MB and some 60 ms of a processor, so only two run at once in one process.
    passwordGate: gate({ runningMax: 2, waitingMax: 40 }),
  };
  const withButtons = async () => (demo ? demoAccounts(pool, demoEmails) : []);
  const mayUsePassword = async ({ organisationId, personId }: Who) =>
    passwords === "everyone" || asProduct(organisationId, (tx) => administersNow(tx, personId));
  const asks = async ({ organisationId, personId }: Who) =>
    asProduct !== noProduct && asProduct(organisationId, (tx) => asksSecondStep(tx, personId));
  const steps = secondSteps({ ...parts, asProduct, asks });
  const inside = { ...entering(parts, { mayUsePassword, askSecondStep: steps.ask }), ...sessionMethods(parts) };
  return safely({
    ...inside,
    ...changingPassword(parts),
    ...signInLinks(parts, { asProduct, mayUsePassword }),
    directory: directory === undefined ? null : directorySignIn({ ...parts, asProduct, baseUrl }, directory),
    secondStep: steps.methods,
    passkeys: passkeySignIn({ ...parts, asProduct, mayUsePassword, baseUrl }),
    provisioning: provisioning({ pool, now, asProduct, demo }),
    passwordsForAdministratorsOnly: passwords === "administrators",
    // Where there is to be no demonstration its people cannot come in, though the database may hold one.
    signInAs: async (accountId, client) =>
      (await withButtons()).some((person) => person.accountId === accountId)
        ? inside.signInAs(accountId, client)
        : { ok: false as const, reason: "wrong" as const },
    sessionFrom: async (headers) => {
      const session = await inside.sessionFrom(headers);
      return session?.demo && !demo ? null : session;
    },
    demoAccounts: withButtons,
    createAccount: (account) => createAccount(parts.auth, account),
  });
}

async function administersNow(tx: Tx, personId: string): Promise<boolean> {
  return holdsAdministration(tx, await find(tx, typeNamed(tx.registry, "person"), personId));
}

const noProduct: AsProduct = () => Promise.reject(new Error("Sign-in links need the product to act by itself"));

/** The same methods, from which no error comes out with a secret in it. */
function safely(signIn: SignIn): SignIn {
  return {
    signIn: safe(signIn.signIn),
    signInAs: safe(signIn.signInAs),
    directory: signIn.directory && {
      name: signIn.directory.name,
      begin: safe(signIn.directory.begin),
      finish: safe(signIn.directory.finish),
    },
    secondStep: {
      state: safe(signIn.secondStep.state),
      begin: safe(signIn.secondStep.begin),
      confirm: safe(signIn.secondStep.confirm),
      end: safe(signIn.secondStep.end),
      renewCodes: safe(signIn.secondStep.renewCodes),
      pass: safe(signIn.secondStep.pass),
      since: safe(signIn.secondStep.since),
    },
    passkeys: signIn.passkeys && {
      begin: safe(signIn.passkeys.begin),
      enter: safe(signIn.passkeys.enter),
      list: safe(signIn.passkeys.list),
      beginAdding: safe(signIn.passkeys.beginAdding),
      add: safe(signIn.passkeys.add),
      remove: safe(signIn.passkeys.remove),
    },
    provisioning: signIn.provisioning,
    passwordsForAdministratorsOnly: signIn.passwordsForAdministratorsOnly,
    demoAccounts: safe(signIn.demoAccounts),
    sessionFrom: safe(signIn.sessionFrom),
    endedSessions: safe(signIn.endedSessions),
    signOut: safe(signIn.signOut),
    listSessions: safe(signIn.listSessions),
    endSession: safe(signIn.endSession),
    endOtherSessions: safe(signIn.endOtherSessions),
    signOutEverywhere: safe(signIn.signOutEverywhere),
    forgetSessions: signIn.forgetSessions,
    changePassword: safe(signIn.changePassword),
    createAccount: safe(signIn.createAccount),
    linkFor: safe(signIn.linkFor),
    openLink: safe(signIn.openLink),
    useLink: safe(signIn.useLink),
    giveFirstPassword: safe(signIn.giveFirstPassword),
  };
}

function safe<Input extends readonly unknown[], Output>(
  method: (...input: Input) => Promise<Output>,
): (...input: Input) => Promise<Output> {
  return (...input) =>
    method(...input).catch((error: unknown) => {
      // What is refused is said in words of ours.
      throw error instanceof Refusal ? error : withoutSecrets(error);
    });
}
