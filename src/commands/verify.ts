import { verify } from "../kernel/memory/verify.ts";
import { verifyText } from "../kernel/memory/verify-text.ts";
import { registry } from "../records.ts";
import { mustHoldAnOrganisation, organisationFor, progress, reading } from "./with-runtime.ts";

/** Proves the memory; exit 1 when something in it is wrong. */
export async function verifyDatabase(options: { json?: boolean; organisation?: string }): Promise<void> {
  const report = await reading(async (runtime) => {
    await mustHoldAnOrganisation(runtime);
    const organisation =
      options.organisation === undefined ? null : await organisationFor(runtime, options.organisation);
    return verify({
      ownerPool: runtime.ownerPool,
      registry,
      filesFolder: runtime.filesFolder,
      progress,
      ...(organisation ? { organisationId: organisation.id } : {}),
    });
  });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : verifyText(report));
  process.exitCode = report.ok ? 0 : 1;
}
