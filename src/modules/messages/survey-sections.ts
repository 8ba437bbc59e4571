import { sql } from "kysely";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { reachSections } from "../../web/pages/audience-reach.ts";
import type { RecordSection } from "../../web/view/models.ts";

/** On a survey: how many have answered (never who), the way to answer it for whoever is asked, and what was published. */
export async function surveySections(tx: Tx, survey: Stored): Promise<readonly RecordSection[]> {
  if (survey.state === "published")
    return [
      {
        kind: "offers",
        title: "Results",
        offers: [{ text: "What people said", href: `/surveys/${survey.reference}/results` }],
      },
    ];
  if (survey.state === "draft")
    return reachSections(tx, survey.values["audience"], {
      title: "Who will be asked",
      note: "They are asked as they are when you choose “Ask people”.",
    });
  if (survey.state !== "open" && survey.state !== "closed") return [];
  const [{ rows: turnout }, { rows: own }] = await Promise.all([
    sql<{ asked: number; answered: number }>`select asked, answered from survey_turnout(${survey.id}::uuid)`.execute(
      tx.db,
    ),
    sql<{ own: string | null }>`select own_survey(${survey.id}::uuid) as own`.execute(tx.db),
  ]);
  const { asked, answered } = turnout[0] ?? { asked: 0, answered: 0 };
  return [
    {
      kind: "steps",
      title: "Who has answered",
      sentence: `${answered} of ${asked}. Nobody can see who, nor what they said: the results are counted once, when they are published.`,
      items: [],
      ...(own[0]?.own === "asked" && survey.state === "open"
        ? { links: [{ text: "Answer it yourself", href: `/surveys/${survey.reference}/answer` }] }
        : {}),
    },
  ];
}
