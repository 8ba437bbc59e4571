import { sql } from "kysely";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { plural } from "../../web/view/format.ts";
import { linksHref } from "./links-page.ts";
import { asksByLink } from "./surveying.ts";
import { may } from "../../kernel/access.ts";
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
  if (survey.state === "draft" && asksByLink(survey)) return [];
  if (survey.state === "draft")
    return reachSections(tx, survey.values["audience"], {
      title: "Who will be asked",
      note: "They are asked as they are when you choose “Ask people”.",
    });
  if (survey.state !== "open" && survey.state !== "closed") return [];
  if (asksByLink(survey)) return byLinkSections(tx, survey);
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

/** How many answered by a link; and the way to the links for whoever looks after surveys. */
async function byLinkSections(tx: Tx, survey: Stored): Promise<readonly RecordSection[]> {
  const { rows } = await sql<{ asked: number | null; answered: number }>`
    select asked, answered from survey_turnout(${survey.id}::uuid)`.execute(tx.db);
  const { asked, answered } = rows[0] ?? { asked: null, answered: 0 };
  const many = asked === null ? plural(answered, "answer") : `${answered} of ${plural(asked, "link")} used`;
  return [
    {
      kind: "steps",
      title: "Who has answered",
      sentence: `${many} so far. Nobody can see who, nor what they said: the results are counted once, when they are published.`,
      items: [],
      ...(may(tx.actor, "survey", "handle")
        ? { links: [{ text: "Links for people outside", href: linksHref(survey) }] }
        : {}),
    },
  ];
}
