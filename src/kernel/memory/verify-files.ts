import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { sql } from "kysely";
import { openContent } from "../files/content.ts";
import type { FilesPlace } from "../files/store.ts";
import type { Problem } from "./findings.ts";
import type { Verifying } from "./verify.ts";

/** A file that a line of a timeline names, and what the register of files says of it; null where it has no such file. */
interface Named {
  readonly type: string;
  readonly reference: string;
  readonly sequence: number;
  readonly name: string;
  readonly sha256: string;
  readonly foundName: string | null;
  readonly foundSha256: string | null;
}

/** Every file that a line names, against what the line says of it, and its content where the folder can be looked at. */
export async function verifyFiles({ db, organisation, findings, filesFolder, progress }: Verifying): Promise<void> {
  const { rows } = await sql<Named>`
    select r.type, r.reference, b.sequence, f.value ->> 'name' as name, f.value ->> 'sha256' as sha256,
      x.name as "foundName", encode(x.sha256, 'hex') as "foundSha256"
    from event_bodies b cross join lateral jsonb_each(b.body -> 'files') as f (id, value)
    join records r on r.organisation_id = b.organisation_id and r.id = b.record_id
    left join files x on x.organisation_id = b.organisation_id and x.id = f.id::uuid and x.record_id = b.record_id
    where b.organisation_id = ${organisation.id}::uuid and b.body ? 'files' order by b.record_id, b.sequence`.execute(
    db,
  );
  findings.count("files", rows.length);
  const problem = (file: Named, message: string, expected: string, found: string): Problem => ({
    organisation: organisation.name,
    type: file.type,
    reference: file.reference,
    sequence: file.sequence,
    message,
    expected,
    found,
  });
  const proved = new Map<string, string | null>();
  for (const [at, file] of rows.entries()) {
    if (file.foundSha256 === null) {
      findings.add([problem(file, "A file that this line brought is missing", file.name, "none")]);
      continue;
    }
    if (file.foundSha256 !== file.sha256)
      findings.add([problem(file, "A file that this line brought was exchanged", file.sha256, file.foundSha256)]);
    if (file.foundName !== file.name)
      findings.add([problem(file, "A file that this line brought was renamed", file.name, file.foundName ?? "none")]);
    if (filesFolder === undefined) continue;
    if (!proved.has(file.foundSha256)) proved.set(file.foundSha256, await hashOf(filesFolder, file.foundSha256));
    const content = proved.get(file.foundSha256) ?? null;
    if (content !== file.foundSha256)
      findings.add([
        problem(
          file,
          `The content of “${file.name}” is not what was sent`,
          file.foundSha256,
          content ?? "nothing in the folder of files",
        ),
      ]);
    if (at > 0 && at % 1000 === 0) progress(`${organisation.name}: ${at.toLocaleString("en-GB")} files`);
  }
}

async function hashOf(folder: FilesPlace, sha256: string): Promise<string | null> {
  const content = await openContent(folder, sha256);
  if (content === null) return null;
  const hash = createHash("sha256");
  await pipeline(content, hash);
  return hash.digest("hex");
}
