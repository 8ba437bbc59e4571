import { exemptions } from "../exemptions.ts";
import { caseNamed, caseOf } from "../answering/case-kinds.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { costOf, countedFor, sheetsOf, wrongAddition } from "./cost.ts";
import { ruleOf } from "./rule.ts";
import type { Rule } from "./rule.ts";
import { gapsIn, withheldIn } from "./withheld.ts";

const withholds: readonly unknown[] = ["part", "refused", "neither"];

/**
 * Why an answer that withholds something cannot go yet, as sentences: a section without its tests, its public interest or its
 * reasons, a cost within the limit, an exemption of another law. None where it can, and where nothing is withheld.
 */
export async function whyNotIssued(tx: Tx, text: Stored): Promise<readonly string[]> {
  const { outcome } = text.values;
  const lines = withheldIn(text);
  const named = caseNamed(text);
  const record = await caseOf(tx, text);
  const law = named && record ? named.kind.law(record.values) : "none";
  if (withholds.includes(outcome) && lines.length === 0 && law !== "none")
    return ["Name the exemption or exception by which something is withheld, and go through its tests"];
  const spare =
    outcome === "granted" && lines.length > 0
      ? ["Everything is given, and yet something is withheld. Put one of them right"]
      : [];
  const neither = lines.filter((line) => ruleOf(line).denies);
  const costly = lines.find(({ section }) => section === "s12");
  const cost = costly ? await costGaps(tx, text, { request: record, rule: ruleOf(costly) }) : [];
  return [
    ...spare,
    ...(outcome === "neither" && neither.length === 0
      ? ["Say of at least one section that we neither confirm nor deny under it"]
      : []),
    ...lines.flatMap((line) => gapsIn(line, law)),
    ...cost,
  ];
}

async function costGaps(
  tx: Tx,
  text: Stored,
  { request, rule }: { readonly request: Stored | null; readonly rule: Rule },
): Promise<readonly string[]> {
  const cost = costOf(await sheetsOf(tx, text), text.values["costLimit"], countedFor(rule));
  const why = rule.denies ? "finding out whether we hold it would alone have to cost more. " : "";
  return [
    ...(cost.minutes === 0 ? [`${exemptions.s12}: fill in the cost sheet`] : []),
    ...(cost.minutes > 0 && !cost.isOver ? [`${exemptions.s12}: ${why}${cost.sentence}`] : []),
    ...(request ? await wrongAddition(tx, text, request) : []),
  ];
}
