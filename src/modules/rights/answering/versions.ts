import { typeNamed } from "../../../kernel/registry.ts";
import { find } from "../../../kernel/store/find.ts";
import { withErasedFilledIn } from "../../../kernel/store/erased-facts.ts";
import { factsFrom, storedFacts, titlesOf } from "../../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { formatMoment } from "../../../kernel/fields/moment.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf, crumbsTo } from "../../../web/pages/places.ts";
import type { DocumentPart } from "../../../web/view/models.ts";
import { portalShell, usesPortal } from "../../portal/module.ts";
import { wordsDiffered } from "../../policy/module.ts";
import { reliedOn } from "../refusing/rule.ts";
import { withheldIn } from "../refusing/withheld.ts";
import { linesOf } from "./text-rules.ts";
import { hashOfText } from "./words-hash.ts";

/** A section, or what is withheld. `id` is null for one that was new in that version: its line had none yet. */
interface Part {
  readonly id: string | null;
  readonly heading: string;
  readonly words: string;
}

/** The text as it stood after somebody changed its words. */
export interface TextVersion {
  readonly number: number;
  readonly at: Temporal.Instant;
  readonly by: string | null;
  readonly hash: string;
  readonly parts: readonly Part[];
}

/** Versions that a page shows, the newest. */
const shownMax = 30;

/** Every version of a text, the first one first: what its timeline, which nobody can change, says of its words. */
export async function textVersions(tx: Tx, text: Stored): Promise<readonly TextVersion[]> {
  const rows = withErasedFilledIn(await storedFacts(tx, text), typeNamed(tx.registry, "agreed_text"), text);
  let values: Stored["values"] = {};
  const versions: TextVersion[] = [];
  let last = "";
  for (const { at, actorId, values: told } of factsFrom(rows)) {
    if (!told) continue;
    values = { ...values, ...told };
    const hash = told["wordsHash"];
    // What stands around the text comes and goes with its signing, and is no other version of it.
    const own = hashOfText({ ...values, letterParts: [] });
    if (typeof hash === "string" && own !== last) {
      last = own;
      versions.push({ number: versions.length + 1, at, by: actorId, hash, parts: partsOf({ values }) });
    }
  }
  return versions;
}

function partsOf(text: Pick<Stored, "values">): TextVersion["parts"] {
  return [
    ...linesOf(text, "sections").map((line, at) => ({
      id: line.id ?? null,
      heading: line["heading"] ? String(line["heading"]) : `Section ${at + 1}`,
      words: String(line["text"] ?? ""),
    })),
    ...withheldIn(text).map((line) => ({
      id: line.id ?? null,
      heading: reliedOn(line),
      words: ["what", "why", "opinion", "harm", "favour", "against", "balance", "elsewhere", "advice"]
        .flatMap((name) => (line[name] ? [String(line[name])] : []))
        .join("\n\n"),
    })),
  ];
}

/** GET: what changed from each version to the next, the newest first. */
export function versionsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "agreed_text");
    const text = await find(tx, type, page.params["reference"] ?? "");
    const versions = await textVersions(tx, text);
    const names = await titlesOf(
      tx,
      versions.flatMap(({ by }) => by ?? []),
    );
    const portal = usesPortal(tx.actor);
    const options = { title: `Versions of ${text.reference}`, current: `/${type.path}` };
    const self = { text: `${text.reference} ${text.title}`, href: addressOf(tx, text) };
    return {
      page: "document",
      model: {
        shell: portal ? await portalShell(page, tx, options) : await page.shell(tx, options),
        ...(portal
          ? { back: self }
          : { breadcrumb: [...crumbsTo(tx, type), { text: text.reference, href: self.href }] }),
        caption: self.text,
        title: "Versions, and what changed",
        lead:
          versions.length === 1 ? "There is one version." : `There are ${versions.length} versions, the newest first.`,
        notes: [],
        links: [],
        groups: versions
          .toReversed()
          .slice(0, shownMax)
          .map((version) => {
            const before = versions[version.number - 2];
            const who = version.by === null ? "Reeve" : (names.get(version.by) ?? "Somebody");
            return {
              title: `Version ${version.number}, by ${who} on ${formatMoment(version.at.toString())}`,
              parts: differing(before ?? null, version),
            };
          }),
      },
    };
  });
}

function differing(before: TextVersion | null, after: TextVersion): DocumentPart[] {
  const earlier = pairs(before?.parts ?? [], after.parts);
  const changed = after.parts.flatMap((part, at): DocumentPart[] => {
    const was = earlier.get(part);
    if (was && was.words === part.words && was.heading === part.heading) return [];
    return [
      {
        id: `version-${after.number}-${at + 1}`,
        heading: part.heading,
        tag: was ? { text: "Changed", tone: "info" } : { text: "New", tone: "good" },
        html: wordsDiffered(was?.words ?? "", part.words),
      },
    ];
  });
  const kept = new Set(earlier.values());
  const gone = (before?.parts ?? []).flatMap((part, at): DocumentPart[] =>
    kept.has(part)
      ? []
      : [
          {
            id: `version-${after.number}-gone-${at + 1}`,
            heading: part.heading,
            tag: { text: "Taken out", tone: "bad" },
            html: wordsDiffered(part.words, ""),
          },
        ],
  );
  const all = [...changed, ...gone];
  return all.length > 0
    ? all
    : [
        {
          id: `version-${after.number}`,
          heading: "The words are the same",
          html: "<p>The subject, the outcome or the cost sheet changed.</p>",
        },
      ];
}

/** Which part was which before: by the id of its line; those that had none yet in their order. */
function pairs(before: readonly Part[], after: readonly Part[]): ReadonlyMap<Part, Part> {
  const found = new Map<Part, Part>();
  for (const part of after) {
    const was = before.find(({ id }) => id !== null && id === part.id);
    if (was) found.set(part, was);
  }
  const left = before.filter(({ id }) => id === null);
  for (const part of after) {
    if (found.has(part)) continue;
    const at = left.findIndex(({ heading }) => heading === part.heading);
    const [was] = left.splice(Math.max(at, 0), part.id === null && at < 0 ? 0 : 1);
    if (was) found.set(part, was);
  }
  return found;
}
