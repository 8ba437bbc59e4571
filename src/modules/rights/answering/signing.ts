import { handsOf } from "../../../kernel/access.ts";
import { forbid, refuse, Refusal } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { findIfSeen } from "../../../kernel/store/find.ts";
import { namesSeen } from "../../../kernel/store/names.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { today } from "../handling.ts";
import { frameLines, frameOf } from "../letter/frame.ts";
import { whyNotIssued } from "../refusing/issue.ts";
import { withheldIn } from "../refusing/withheld.ts";
import { caseNamed, caseOf } from "./case-kinds.ts";
import { planFor } from "./plan.ts";
import type { PlannedSigner } from "./plan.ts";
import { linesOf, unsigned } from "./text-rules.ts";
import { hashOfText } from "./words-hash.ts";

type Values = Readonly<Record<string, unknown>>;

/** Outcomes by which something is withheld. */
export const withholding: readonly unknown[] = ["part", "refused", "neither"];

/** A text goes to be signed when it says all that it must, nothing said of it is open, and somebody is named to sign. */
export async function guardSubmitted(tx: Tx, text: Stored, values: Values): Promise<void> {
  const open = linesOf(text, "remarks").filter((line) => !line["reply"]).length;
  const gaps = [
    ...outcomeGaps(text),
    ...(linesOf(text, "sections").length > 0 ? [] : ["Write at least one section"]),
    ...(open > 0 ? [`${open === 1 ? "One comment is" : `${open} comments are`} still to be settled`] : []),
    ...(await whyNotIssued(tx, text)),
  ];
  if (gaps.length > 0)
    throw new Refusal(
      "invalid",
      gaps.map((message) => ({ message })),
    );
  const signers = await signersOf(tx, text, values);
  if (signers.some(({ person }) => person === null))
    refuse(
      "alsoSigns",
      "The head of the service signs this, and nobody knows who that is. Give the case to a team that has a manager",
    );
  if (signers.length === 0)
    refuse("alsoSigns", "Nobody is named to sign. Select somebody here, or name them in the answering plan");
  const drafter = text.values["drafter"];
  if (signers.some(({ person }) => person === drafter))
    refuse("alsoSigns", "Whoever drafted a text does not sign it. Name somebody else here or in the answering plan");
}

/** An answer says what they get, where the kind of case knows more than words. */
function outcomeGaps(text: Stored): readonly string[] {
  const decisions = caseNamed(text)?.kind.decisions ?? null;
  const { outcome } = text.values;
  if (decisions === null)
    return [
      ...(outcome ? ["What they get: leave it empty, for a member is answered in words"] : []),
      ...(withheldIn(text).length > 0
        ? ["No exemption holds against a member’s question. Take off what is withheld, or answer it as a request"]
        : []),
    ];
  if (typeof outcome !== "string") return ["Select what they get"];
  return Object.hasOwn(decisions, outcome) ? [] : ["What they get: no such request is answered so. Select another"];
}

type Signer = Pick<PlannedSigner, "role" | "person">;

/** Who signs a text, in order: those of the plan, as far as they sign such a text, and whoever is added. Null for a head whom nobody knows. */
async function signersOf(tx: Tx, text: Stored, { alsoSigns }: Values): Promise<readonly Signer[]> {
  const named = caseNamed(text);
  const { signers } = named ? await planFor(tx, named.kind.type) : { signers: [] };
  const isWithheld = withholding.includes(text.values["outcome"]);
  const asked = signers.filter(({ when }) => when === "always" || isWithheld);
  const head = asked.some(({ person }) => person === null) ? await headOf(tx, text) : null;
  return [
    ...asked.map(({ role, person }) => ({ role, person: person ?? head })),
    ...(typeof alsoSigns === "string" ? [{ role: "Also asked", person: alsoSigns }] : []),
  ];
}

/** The manager of the team that has the case. */
async function headOf(tx: Tx, text: Stored): Promise<string | null> {
  const teamId = (await caseOf(tx, text))?.teamId ?? null;
  const team = teamId === null ? null : await findIfSeen(tx, typeNamed(tx.registry, "team"), teamId);
  const manager = team?.values["manager"];
  return typeof manager === "string" ? manager : null;
}

export async function submitted(tx: Tx, text: Stored, values: Values): Promise<Values> {
  const signers = await signersOf(tx, text, values);
  const { draftBy, draftedOn, draftInTime } = text.values;
  const record = await caseOf(tx, text);
  return {
    ...unsigned,
    // What is signed is the whole letter, so what stands around the text stays as it is now.
    ...(record === null ? {} : { letterParts: frameLines(await frameOf(tx, record, text)) }),
    alsoSigns: null,
    signatures: signers.map(({ role, person }) => ({ role, signer: person })),
    owner: signers[0]?.person ?? null,
    // The first draft is what is measured; a text that comes back was there in time all the same.
    draftedOn: draftedOn ?? today(tx),
    draftInTime:
      typeof draftedOn === "string" ? draftInTime : typeof draftBy === "string" ? today(tx) <= draftBy : null,
  };
}

/** Who will be asked to sign, said before a text is sent to them. */
export async function whoSigns(tx: Tx, text: Stored): Promise<readonly string[]> {
  const signers = await signersOf(tx, text, {});
  if (signers.length === 0) return ["The answering plan names nobody to sign, so select somebody here."];
  const names = new Map(
    (
      await namesSeen(
        tx,
        signers.flatMap(({ person }) => person ?? []),
      )
    ).map(({ id, title }) => [id, title]),
  );
  const list = signers.map(({ role, person }) => `${names.get(person ?? "") ?? "the head of the service"} (${role})`);
  return [`It is signed in this order: ${list.join(", then ")}.`];
}

/** Whose turn it is; undefined where all have signed. */
export function nextSignature(text: Stored): Line | undefined {
  return linesOf(text, "signatures").find((line) => typeof line["signedBy"] !== "string");
}

/** Each signs in turn, or who stands in for them while they are away; nobody what they drafted. */
export async function guardSigning(tx: Tx, text: Stored): Promise<void> {
  const next = nextSignature(text);
  if (!next) throw new Refusal("impossible", [{ message: "Everybody has signed it" }]);
  const hands = handsOf(tx.actor);
  const signer = String(next["signer"]);
  if (hands.includes(String(text.values["drafter"]))) forbid("Whoever drafted a text does not sign it");
  if (!hands.includes(signer)) {
    const [name] = await namesSeen(tx, [signer]);
    forbid(`It waits for ${name?.title ?? "somebody else"}. They sign, or who stands in for them while they are away`);
  }
  const hash = hashOfText(text.values);
  if (linesOf(text, "signatures").some((line) => typeof line["signedBy"] === "string" && line["hash"] !== hash))
    throw new Refusal("impossible", [
      { message: "The text is not the one that was signed before. Ask for changes, so that it is signed anew" },
    ]);
}

export function signed(tx: Tx, text: Stored): Values {
  const next = nextSignature(text);
  const signature = {
    signedBy: tx.actor.personId,
    signedAt: tx.now.toString({ smallestUnit: "millisecond" }),
    hash: hashOfText(text.values),
  };
  const signatures = linesOf(text, "signatures").map((line) => (line === next ? { ...line, ...signature } : line));
  const after = signatures.find((line) => typeof line["signedBy"] !== "string");
  const { agreeBy, drafter } = text.values;
  return after
    ? { signatures, standing: "more", owner: after["signer"] }
    : {
        signatures,
        standing: "all",
        owner: drafter ?? null,
        agreedOn: today(tx),
        agreedInTime: typeof agreeBy === "string" ? today(tx) <= agreeBy : null,
      };
}

export function sentBack(_tx: Tx, text: Stored): Values {
  return { ...unsigned, owner: text.values["drafter"] ?? null };
}

/** How many signatures a change makes void, said before it is made. */
export function whatRevisingVoids(_tx: Tx, text: Stored): Promise<readonly string[]> {
  const given = linesOf(text, "signatures").filter((line) => typeof line["signedBy"] === "string").length;
  return Promise.resolve([
    given === 0
      ? "Nobody has signed yet. Those who are asked to sign are asked again when you send it."
      : `${given === 1 ? "One signature is" : `${given} signatures are`} then void, and the text is signed anew from the first.`,
  ]);
}
