import { toHtml } from "../../../kernel/markdown.ts";
import { plainShell } from "../../../web/shell.ts";
import { formatMoment, plural } from "../../../web/view/format.ts";
import type { PublicIncident, StatusPage, Tag } from "../../../web/view/models.ts";
import { updateStages } from "../major-incident.ts";
import type { PublicStatus } from "./read.ts";

const serviceStates: Readonly<Record<PublicStatus["services"][number]["state"], Tag>> = {
  working: { text: "Working", tone: "good" },
  disrupted: { text: "Disrupted", tone: "bad" },
  maintenance: { text: "Being worked on", tone: "warn" },
  planned: { text: "Maintenance planned", tone: "info" },
};

/** The page of a public status; `staleSince` says when it was read where it could not be read since. */
export function statusPage(status: PublicStatus, path: string, staleSince: Temporal.Instant | null): StatusPage {
  const incidents = status.incidents.map(incidentOf);
  const now = incidents.filter((_one, at) => status.incidents[at]?.over === false);
  const title = "Service status";
  const shell = plainShell(title, { name: status.name, href: "/", brandColour: status.colour });
  return {
    shell: status.demo
      ? { ...shell, demo: "This is a demonstration. Everyone and everything in it is invented." }
      : shell,
    title,
    sentence:
      now.length === 0
        ? "We know of nothing that is wrong with our online services."
        : `${plural(now.length, "thing")} ${now.length === 1 ? "is" : "are"} not working as ${now.length === 1 ? "it" : "they"} should.`,
    tone: now.length === 0 ? "good" : "bad",
    ...(staleSince === null ? {} : { stale: formatMoment(staleSince, "Europe/London") }),
    services: status.services.map(({ name, state, by }) => ({
      name,
      state: serviceStates[state],
      ...(by === null ? {} : { href: `#${by.toLowerCase()}` }),
    })),
    incidents: now,
    notices: (status.notices ?? []).map(({ reference, title: named, text, from }) => ({
      id: reference.toLowerCase(),
      title: named,
      moment: at(from),
      iso: from,
      html: toHtml(text),
    })),
    past: incidents.filter((_one, at) => status.incidents[at]?.over === true),
    changes: status.changes.map(({ reference, text, now: isNow, from, to }) => ({
      id: reference.toLowerCase(),
      text,
      when: `${at(from)} to ${at(to)}`,
      now: isNow,
    })),
    feed: { text: "Follow this page in a feed reader", href: `${path}/feed` },
  };
}

function incidentOf({
  reference,
  title,
  over,
  began,
  next,
  updates,
}: PublicStatus["incidents"][number]): PublicIncident {
  const latest = updates[0]?.stage ?? "investigating";
  return {
    id: reference.toLowerCase(),
    title,
    state: over ? { text: "Resolved", tone: "good" } : { text: stageWords(latest), tone: "bad" },
    began: at(began),
    ...(next === null ? {} : { next: at(next) }),
    updates: updates.map((update) => ({
      moment: at(update.at),
      iso: update.at,
      stage: stageWords(update.stage),
      html: toHtml(update.text),
    })),
  };
}

/** A stage as people read it. */
export function stageWords(stage: string | null): string {
  const words: Readonly<Record<string, string>> = updateStages;
  return words[stage ?? ""] ?? "Update";
}

function at(moment: string): string {
  return formatMoment(Temporal.Instant.from(moment), "Europe/London");
}
