import type { FastifyInstance } from "fastify";
import { Refusal } from "../../../kernel/errors.ts";
import type { Problem } from "../../../kernel/errors.ts";
import { whyNotTaken } from "../../../kernel/fields/file.ts";
import { findFile } from "../../../kernel/files/files.ts";
import { findJob } from "../../../kernel/jobs/jobs.ts";
import type { Job } from "../../../kernel/jobs/jobs.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { isId } from "../../../kernel/store/find.ts";
import type { Tx } from "../../../kernel/transaction.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { jobPart } from "../../../web/pages/job-part.ts";
import { pageClock } from "../../../web/pages/places.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import { keepSentFiles, readFormWithFiles } from "../../../web/sent-files.ts";
import { formatCount, formatDate, formatFileSize, formatRecent, plural } from "../../../web/view/format.ts";
import type { ImportRowsPage, Row, Table, Tag } from "../../../web/view/models.ts";
import { findMove, listMoves, movingInPath, mustMoveIn, startMove, startMoveStage } from "./moves.ts";
import type { MoveIn, MoveStage } from "./moves.ts";
import type { NotUnderstood } from "./moved.ts";
import { sentBytesMax } from "./parts.ts";
import { registerMovedServices, servicesLink, servicesTable } from "./services-page.ts";
import { sources } from "./sources.ts";

/** Leaving another tool: its export is sent, looked at, brought in by a job, and reconciled. For administrators. */
export function registerMovingIn(app: FastifyInstance, parts: WebParts): void {
  const withFile = { preHandler: [readFormWithFiles(parts, sentBytesMax), app.csrfProtection, keepSentFiles(parts)] };
  app.get(
    movingInPath,
    pageRoute(parts, (page) => page.as((tx) => sendPage(page, tx, []))),
  );
  app.post(movingInPath, withFile, pageRoute(parts, postFile));
  app.get(
    `${movingInPath}/:id`,
    pageRoute(parts, (page) => page.as((tx) => showMove(page, tx))),
  );
  app.post(`${movingInPath}/:id/save`, { preHandler: app.csrfProtection.bind(app) }, pageRoute(parts, postSave));
  registerMovedServices(app, parts);
}

const megabytes = formatFileSize(sentBytesMax);
const title = "Move in from another tool";
const crumbs = [{ text: "Administration", href: "/administration" }];
const labelOf = (name: string) => sources.find((source) => source.name === name)?.label ?? name;

async function sendPage(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  mustMoveIn(tx);
  const wrong = (name: string) => {
    const error = problems.find(({ field }) => field === name)?.message;
    return error === undefined ? {} : { error };
  };
  return {
    page: "import",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title, current: "/administration" }),
      breadcrumb: crumbs,
      title,
      intro:
        "Send the export of the tool that your desk leaves. You see what it would come to before anything is brought in, and it can be sent again: what is here stays as it is.",
      errors: problems.map(({ message, field }) => ({ text: message, fieldId: `field-${field ?? "file"}` })),
      form: {
        action: movingInPath,
        multipart: true,
        hidden: [submissionField()],
        fields: [
          {
            id: "field-source",
            name: "source",
            label: "Where it comes from",
            widget: "radios",
            value: first(page.form, "source"),
            options: sources.map(({ name, label, holds }) => ({ value: name, label, hint: `Give ${holds}` })),
            ...wrong("source"),
          },
          {
            id: "field-file",
            name: "file",
            label: "Its export",
            hint: `CSV, JSON, or a zip of JSON files, ${megabytes} at the most, unpacked as well. Send a larger one in parts, such as a year each, or bring it in at the terminal`,
            widget: "file",
            value: "",
            ...wrong("file"),
          },
        ],
        submit: { label: "Look at it" },
        cancel: { text: "Cancel", href: "/administration" },
      },
      links: [],
      earlier: {
        caption: "What you sent",
        columns: [{ label: "File", wide: true }, { label: "From" }, { label: "State" }, { label: "Sent" }],
        rows: (await listMoves(tx)).map((one) => rowOf(tx, one)),
        empty: { title: "Nothing yet", text: "Each export that you send stands here, with what came of it." },
      },
    },
  };
}

const stages: Readonly<Record<MoveStage, Tag>> = {
  looking: { text: "Being read", tone: "info" },
  looked: { text: "Read, not brought in", tone: "warn" },
  saving: { text: "Being brought in", tone: "info" },
  saved: { text: "Brought in", tone: "good" },
  refused: { text: "Could not be read", tone: "bad" },
};

function rowOf(tx: Tx, { id, fileName, source, stage, startedAt }: MoveIn): Row {
  return {
    cells: [
      { kind: "link", text: fileName, href: `${movingInPath}/${id}` },
      { kind: "text", text: labelOf(source) },
      { kind: "tag", ...stages[stage] },
      { kind: "date", text: formatRecent(Temporal.Instant.from(startedAt), pageClock(tx)), iso: startedAt },
    ],
  };
}

function postFile(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      mustMoveIn(tx);
      const source = sources.find(({ name }) => name === first(page.form, "source"));
      if (!source) throw wrong("source", "Select the tool that it comes from");
      const sent = first(page.form, "file");
      if (sent === "") throw wrong("file", "Select the export");
      if (sent === "too large")
        throw wrong(
          "file",
          `Its export must be ${megabytes} or smaller. Send it in parts, such as a year each, or bring it in at the terminal`,
        );
      const why = whyNotTaken(sent);
      if (why !== null) throw wrong("file", `Its export ${why}`);
      if (!isId(sent)) throw wrong("file", "Send the export again");
      const id = await startMove(tx, source.name, await findFile(tx, sent));
      return { location: `${movingInPath}/${id}`, recordId: id };
    },
    flash: () => "",
    again: (tx, refusal) => sendPage(page, tx, refusal.problems),
  });
}

function wrong(field: string, message: string): Refusal {
  return new Refusal("invalid", [{ field, message }]);
}

/** POST: starts bringing in what was looked at, or goes on with what was stopped. Sent twice it starts once. */
function postSave(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    mustMoveIn(tx);
    const move = await findMove(tx, page.params["id"] ?? "", true);
    const job = move.jobId === null ? null : await findJob(tx, move.jobId);
    if ((move.stage === "looked" || move.stage === "saving") && !runs(job)) await startMoveStage(tx, move, "saving");
    return { redirect: `${movingInPath}/${move.id}` };
  });
}

const runs = (job: Job | null): boolean => job !== null && (job.state === "waiting" || job.state === "running");

async function showMove(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  mustMoveIn(tx);
  const move = await findMove(tx, page.params["id"] ?? "");
  const job = move.jobId === null ? null : await findJob(tx, move.jobId);
  const at = `${movingInPath}/${move.id}`;
  const { looked, result } = move.told;
  const fresh = looked ? looked.tickets - looked.here : 0;
  const goesOn = (move.stage === "looked" && fresh > 0) || move.stage === "saving";
  const source = new URLSearchParams({ source: move.source, show: "all" }).toString();
  return {
    page: "import-rows",
    model: {
      shell: await page.shell(tx, { title: `${title}: ${move.fileName}`, current: "/administration" }),
      breadcrumb: [...crumbs, { text: title, href: movingInPath }],
      title: move.fileName,
      sentence: sentenceOf(move, runs(job)),
      ...(job && (job.state !== "done" || move.stage === "looking") ? { job: jobPart(tx, job, at, undefined) } : {}),
      tiles: tilesOf(move),
      actions:
        goesOn && !runs(job)
          ? [
              {
                label: move.stage === "saving" ? "Go on" : `Bring in ${plural(fresh, "ticket")}`,
                action: `${at}/save`,
                hidden: [],
              },
            ]
          : [],
      links: [
        ...servicesLink(move),
        ...(move.stage === "refused" ? [{ text: "Send another file", href: movingInPath }] : []),
        ...(result ? [{ text: `All tickets from ${labelOf(move.source)}`, href: `/tickets?${source}` }] : []),
      ],
      tabs: [],
      paging: {},
      tables: [...(await servicesTable(tx, move)), ...tablesOf(tx, move)],
    },
  };
}

function sentenceOf({ stage, told: { looked, result, refused }, source }: MoveIn, underWay: boolean): string {
  const tool = labelOf(source);
  if (stage === "refused") return `${refused ?? "It could not be read"}. Put that right and send the file again.`;
  if (stage === "looking") return "The file is read before anything is brought in.";
  if (stage === "saving")
    return underWay ? "Its tickets are being brought in." : "Not every ticket is here: it was stopped.";
  if (stage === "saved")
    return result?.complete
      ? `Every ticket of the file that was understood is here, with its history from ${tool}.`
      : "Some tickets of the file are not here. Send it again: those that are here stay as they are.";
  if (!looked || looked.tickets === 0) return "There is no ticket in it that could be brought in.";
  const days =
    looked.from && looked.until
      ? `, opened from ${formatDate(Temporal.PlainDate.from(looked.from))} to ${formatDate(Temporal.PlainDate.from(looked.until))}`
      : "";
  const fresh = looked.tickets - looked.here;
  return fresh === 0
    ? "Every ticket of it is here already."
    : `This is what it would come to${days}. People and queues that are not here are made with it. Nothing is brought in yet.`;
}

function tilesOf({ told: { looked, result } }: MoveIn): ImportRowsPage["tiles"] {
  if (!looked) return [];
  const tile = (
    many: number,
    [one, others]: readonly [string, string],
    tone: "good" | "neutral" | "bad" = "neutral",
  ) => ({
    figure: formatCount(many),
    label: many === 1 ? one : others,
    tone,
  });
  const unread = looked.notUnderstoodMany;
  const history = result ?? looked;
  return [
    result
      ? tile(result.made, ["ticket made", "tickets made"], "good")
      : tile(looked.tickets - looked.here, ["ticket to make", "tickets to make"], "good"),
    result
      ? tile(result.here, ["was here already", "were here already"])
      : tile(looked.here, ["is here already", "are here already"]),
    tile(history.comments, ["comment", "comments"]),
    tile(history.changes, ["change of its history", "changes of their history"]),
    tile(looked.people, ["person", "people"]),
    tile(unread, ["row not understood", "rows not understood"], unread > 0 ? "bad" : "neutral"),
  ];
}

function tablesOf(tx: Tx, { told: { looked, result } }: MoveIn): Table[] {
  if (!looked) return [];
  const { states } = typeNamed(tx.registry, "ticket");
  const inFile = result?.byState ?? looked.byState;
  const names = [...new Set([...Object.keys(inFile), ...Object.keys(result?.standing ?? {})])];
  const number = (many: number) => ({ kind: "number", text: formatCount(many) }) as const;
  const tables: Table[] = [
    {
      caption: result ? "In the file, and here now" : "Tickets by state",
      columns: [
        { label: "State", wide: true },
        { label: "In the file", number: true },
        ...(result ? [{ label: "Here now", number: true }] : []),
      ],
      rows: names.map((name) => ({
        cells: [
          { kind: "text", text: states[name]?.label ?? name },
          number(inFile[name] ?? 0),
          ...(result ? [number(result.standing[name] ?? 0)] : []),
        ],
      })),
    },
    {
      caption: "Tickets by queue",
      columns: [
        { label: "Queue", wide: true },
        { label: "Tickets", number: true },
      ],
      rows: looked.queues.map(({ name, tickets }) => ({
        cells: [{ kind: "text", text: name === "" ? "None: they come into the usual queue" : name }, number(tickets)],
      })),
    },
    ...(looked.notUnderstoodMany > 0 ? [notUnderstoodTable(looked.notUnderstood, looked.notUnderstoodMany)] : []),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function notUnderstoodTable(rows: readonly NotUnderstood[], many: number): Table {
  return {
    caption: many > rows.length ? `Not understood: the first ${rows.length} of ${formatCount(many)}` : "Not understood",
    columns: [{ label: "Row" }, { label: "Why", wide: true }],
    rows: rows.map(({ row, why }) => ({
      cells: [
        { kind: "text", text: row },
        { kind: "text", text: why },
      ],
    })),
  };
}
