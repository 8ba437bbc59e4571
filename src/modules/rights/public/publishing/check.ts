import { sql } from "kysely";
import { Refusal, refusalOr } from "../../../../kernel/errors.ts";
import type { JobKind, JobRun } from "../../../../kernel/jobs/run.ts";
import { typeNamed } from "../../../../kernel/registry.ts";
import { change } from "../../../../kernel/store/change.ts";
import { find, findIfSeen } from "../../../../kernel/store/find.ts";
import { move } from "../../../../kernel/store/move.ts";
import type { Stored, Tx } from "../../../../kernel/transaction.ts";
import { bytesOf } from "../../redaction/copy.ts";
import { inThread } from "../../redaction/thread.ts";
import { planFor } from "../../answering/plan.ts";
import { commissionerTelephone } from "../../letter/usual-words.ts";
import { findPatterns } from "../../redaction/patterns.ts";
import { contentHash, filesOf, outgoingText } from "./handling.ts";
import type { OutgoingFile } from "./handling.ts";
import { addressIn, personalAmong, personalIn } from "./find-personal.ts";
import type { Asker } from "./find-personal.ts";

const timeoutMs = 300_000;
const findingsMax = 40;
/** Files of text beyond this are not read; a person looks at them. */
const textBytesMax = 5_000_000;

interface Looked {
  readonly publication: Stored;
  readonly hash: string;
  readonly asker: Asker;
  /** What every answer says of how to reach the council and the Commissioner: nobody’s own. */
  readonly open: readonly string[];
  readonly files: readonly (OutgoingFile & { readonly proved: boolean })[];
}

/** Looks through all that would go out, and publishes it where nothing is found or another person has overruled just this. */
export const checkPublicationJob: JobKind = async (run) => {
  const looked = await run.as((tx) => lookAt(tx, run.subject));
  if (looked.publication.state !== "checking") return "It is no longer to be checked.";
  const findings = [
    ...personalIn(outgoingText(looked.publication), "In the text", looked.asker, looked.open),
    ...(await Promise.all(looked.files.map((file) => inFile(run, file, looked)))).flat(),
  ].slice(0, findingsMax);
  const overruled = looked.publication.values["overruledHash"] === looked.hash;
  return run.as((tx) => conclude(tx, looked, findings, overruled));
};

async function lookAt(tx: Tx, id: string): Promise<Looked> {
  const publication = await find(tx, typeNamed(tx.registry, "publication"), id);
  const requestId = publication.values["request"];
  const request =
    typeof requestId === "string"
      ? await findIfSeen(tx, typeNamed(tx.registry, "information_request"), requestId)
      : null;
  const [files, hash, { rows: proved }, { rows: people }, { rows: contact }] = await Promise.all([
    filesOf(tx, publication),
    contentHash(tx, publication),
    sql<{ sha256: string }>`select encode(f.sha256, 'hex') as sha256 from visible_redaction r
      join files f on f.organisation_id = r.organisation_id and f.id = r.copy
      where r.organisation_id = ${tx.actor.organisationId}::uuid and r.state = 'done' limit 10000`.execute(tx.db),
    sql<{ title: string }>`select title from records where organisation_id = ${tx.actor.organisationId}::uuid
      and id = ${request?.requesterId ?? null}::uuid`.execute(tx.db),
    sql<{ email: string | null; phone: string | null }>`select email, phone from public_contacts
      where organisation_id = ${tx.actor.organisationId}::uuid`.execute(tx.db),
  ]);
  const provedFiles = new Set(proved.map(({ sha256 }) => sha256));
  const { applicant, replyTo } = request?.values ?? {};
  return {
    publication,
    hash,
    asker: {
      names: [...(typeof applicant === "string" ? [applicant] : []), ...people.map(({ title }) => title)],
      replyTo: typeof replyTo === "string" ? replyTo : "",
    },
    open: [
      ...contact.flatMap(({ email, phone }) => [email ?? "", phone ?? ""]),
      ...addressesIn((await planFor(tx, "information_request")).reviewAddress ?? ""),
      commissionerTelephone,
    ],
    files: files.map((file) => ({ ...file, proved: provedFiles.has(file.sha256) })),
  };
}

/** The e-mail addresses and telephone numbers of a line. */
function addressesIn(line: string): string[] {
  return findPatterns(line)
    .filter(({ kind }) => kind === "email" || kind === "phone")
    .map(({ from, until }) => line.slice(from, until));
}

/** What a file holds: a PDF is a proved copy and is read all the same, text is read, and anything else a person must look at. */
async function inFile(run: JobRun, file: Looked["files"][number], { asker, open }: Looked): Promise<string[]> {
  const where = `In the file “${file.name}”`;
  const inName = personalIn(file.name.replaceAll(/[_-]+/g, " "), `In the name of the file “${file.name}”`, asker);
  if (file.mediaType === "text/plain") {
    const bytes = await bytesOf(run.filesFolder, file.sha256);
    if (bytes.length > textBytesMax) return [...inName, `${where}: it is too large to be read`];
    return [...inName, ...personalIn(new TextDecoder().decode(bytes), where, asker, open)];
  }
  if (file.mediaType !== "application/pdf")
    return [
      ...inName,
      `${where}: only PDF and plain text (such as CSV) can be looked through. Save it as one of these`,
    ];
  const unproved = file.proved ? [] : [`${where}: it is no copy that a redaction made and proved`];
  const bytes = await bytesOf(run.filesFolder, file.sha256);
  const known = asker.names.map((name) => ({ name, why: "asker" }));
  const read = await refusalOr(async () => {
    const found = await inThread(bytes, { task: "find", names: known, typed: "" }, { timeoutMs });
    return { found, pages: await inThread(bytes, { task: "text" }, { timeoutMs }) };
  });
  if (read instanceof Refusal) return [...inName, ...unproved, `${where}: it could not be read`];
  // An address is words that stand in a certain order, so it is looked for in the text and not among single finds.
  const addresses = addressIn(read.pages.join("\n"), where, asker);
  return [...inName, ...unproved, ...personalAmong(read.found, where, asker, open), ...addresses];
}

async function conclude(tx: Tx, looked: Looked, findings: readonly string[], overruled: boolean): Promise<string> {
  const type = typeNamed(tx.registry, "publication");
  const now = await find(tx, type, looked.publication.id);
  if (now.state !== "checking") return "It is no longer to be checked.";
  const passed = findings.length === 0 || overruled;
  const values = {
    findings: findings.length === 0 ? null : findings.map((one) => `- ${one}`).join("\n"),
    passedHash: passed ? looked.hash : null,
  };
  const changed = await change(tx, type, now.id, now.version, values, { trusted: true });
  await move(tx, type, now.id, changed.version, passed ? "passed" : "stop", {});
  if (findings.length === 0) return "Nothing personal was found, and it is published.";
  return overruled
    ? "What was found had been overruled, and it is published."
    : `It is not published. ${findings.join(". ")}. Take it out, or ask somebody else to overrule the check.`;
}
