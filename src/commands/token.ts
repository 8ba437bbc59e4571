import { demoToken } from "../council/demo-token.ts";
import { Refusal } from "../kernel/errors.ts";
import type { Runtime } from "../runtime.ts";
import { reading } from "./with-runtime.ts";

/** `token PERSON`: the token alone on stdout. */
export async function printToken(person: string): Promise<void> {
  const token = await reading(async (runtime, settings) => {
    await pagesMustBeLetIn(runtime);
    return demoToken({ store: runtime.store, ownerPool: runtime.ownerPool, key: person, demo: settings.demo });
  });
  process.stdout.write(`${token}\n`);
}

/** The pages' own role has no password yet after a restore, and another one after a change of secret: migrating sets it. */
async function pagesMustBeLetIn({ store }: Runtime): Promise<void> {
  try {
    await store.ping();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("28"))) throw error;
    throw new Refusal("impossible", [
      {
        message:
          "The database does not know the password of Reeve’s pages. Start Reeve, or run “npm run reeve -- migrate”, and then try again",
      },
    ]);
  }
}
