import { may } from "../../../kernel/access.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { addressOf } from "../../../web/pages/places.ts";
import type { RecordSection } from "../../../web/view/models.ts";
import { caseNamed, caseOf } from "../answering/case-kinds.ts";
import type { Law } from "../answering/case-kinds.ts";
import { costSection } from "./cost-section.ts";
import { reliedOn } from "./rule.ts";
import { sectionLabels } from "./sections.ts";
import { gapsIn, withheldIn } from "./withheld.ts";

/** On an agreed text, for whoever drafts it: what is withheld and what is still to be said of it, the cost, and where it is read. */
export async function textSections(tx: Tx, text: Stored): Promise<readonly RecordSection[]> {
  const address = addressOf(tx, text);
  const law = await lawOfText(tx, text);
  const drafts = text.state === "drafting" && may(tx.actor, text.type, "handle", text);
  const lines = withheldIn(text);
  const open = remarksOpen(text);
  return [
    {
      kind: "offers",
      title: "The text",
      offers: [
        {
          text: "Read it as it goes out, with comments and signatures",
          href: `${address}/read`,
          ...(open > 0 ? { note: open === 1 ? "1 comment to settle" : `${open} comments to settle` } : {}),
        },
        { text: "Versions, and what changed", href: `${address}/versions` },
      ],
    },
    // Of what a member is told nothing is withheld by an exemption.
    ...(lines.length > 0 || (drafts && law !== "none")
      ? [
          {
            kind: "steps" as const,
            title: "Exemption workbench",
            sentence:
              lines.length === 0
                ? "Nothing is withheld. For each thing that is, go through the tests of its section here."
                : "Each section with its tests. The reasons go into the letter, and are signed with it.",
            items: lines.map((line) => {
              const gaps = gapsIn(line, law);
              return {
                text: reliedOn(line),
                ...(drafts ? { href: `${address}/withhold?line=${line.id ?? ""}` } : {}),
                note:
                  gaps[0]?.replace(`${sectionLabels[line.section]}: `, "") ?? String(line["what"] ?? "").slice(0, 120),
                tag:
                  gaps.length === 0
                    ? { text: "Complete", tone: "good" as const }
                    : { text: `${gaps.length} to do`, tone: "warn" as const },
              };
            }),
            ...(drafts ? { links: [{ text: "Withhold something", href: `${address}/withhold` }] } : {}),
          },
        ]
      : []),
    ...(await costSection(tx, text, lines)),
  ];
}

function remarksOpen({ values }: Stored): number {
  // A field of lines.
  return ((values["remarks"] ?? []) as readonly Line[]).filter((line) => !line["reply"]).length;
}

/** The law under which the case of a text is answered. */
export async function lawOfText(tx: Tx, text: Stored): Promise<Law> {
  const record = await caseOf(tx, text);
  return record ? (caseNamed(text)?.kind.law(record.values) ?? "none") : "none";
}
