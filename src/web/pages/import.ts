import type { FastifyInstance } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { whyNotTaken } from "../../kernel/fields/file.ts";
import { findFile } from "../../kernel/files/files.ts";
import type { RecordType } from "../../kernel/record.ts";
import { isId } from "../../kernel/store/find.ts";
import { mustImport } from "../../kernel/transfer/check.ts";
import { whyNoTable } from "../../kernel/transfer/read-file.ts";
import { listImports, startImport } from "../../kernel/transfer/imports.ts";
import type { Import, Stage } from "../../kernel/transfer/imports.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { first, pageRoute, typeAt } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { keepSentFiles, readFormWithFiles } from "../sent-files.ts";
import { formatRecent, plural } from "../view/format.ts";
import type { Row, Tag } from "../view/models.ts";
import { postColumns, postHeadings, showColumns } from "./import-columns.ts";
import { rejectedCsv, templateCsv } from "./import-files.ts";
import { postSave, postUndo, showImport, showUndo } from "./import-show.ts";
import { crumbsTo, navigationOf, pageClock } from "./places.ts";
import { sendOnce, submissionField } from "./submitting.ts";

/** Bringing records of any type in from a file, step by step. */
export function registerImports(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  const withFile = { preHandler: [readFormWithFiles(parts), app.csrfProtection, keepSentFiles(parts)] };
  const shown = (work: (page: PageRequest, tx: Tx) => Promise<PageAnswer>) =>
    pageRoute(parts, (page) => page.as((tx) => work(page, tx)));
  app.get(
    "/:path/import",
    shown((page, tx) => importPage(page, tx, [])),
  );
  app.post("/:path/import", withFile, pageRoute(parts, postFile));
  app.get("/:path/import/headings.csv", shown(templateCsv));
  app.get("/:path/import/:id", shown(showImport));
  app.get(
    "/:path/import/:id/columns",
    shown((page, tx) => showColumns(page, tx, [])),
  );
  app.post("/:path/import/:id/columns", guarded, pageRoute(parts, postColumns));
  app.post("/:path/import/:id/headings", guarded, pageRoute(parts, postHeadings));
  app.post("/:path/import/:id/save", guarded, pageRoute(parts, postSave));
  app.get("/:path/import/:id/rejected.csv", pageRoute(parts, rejectedCsv));
  app.get("/:path/import/:id/undo", shown(showUndo));
  app.post("/:path/import/:id/undo", guarded, pageRoute(parts, postUndo));
}

async function importPage(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const type = typeAt(page);
  mustImport(tx.actor, type);
  const imports = await listImports(tx, type);
  const title = `Import ${type.label.many.toLowerCase()}`;
  const error = problems[0]?.message;
  return {
    page: "import",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
      breadcrumb: crumbsTo(tx, type),
      title,
      errors: problems.map(({ message }) => ({ text: message, fieldId: "field-file" })),
      form: {
        action: `/${type.path}/import`,
        multipart: true,
        hidden: [submissionField()],
        fields: [
          {
            id: "field-file",
            name: "file",
            label: "File",
            hint: "25 MB and 200,000 rows at the most",
            widget: "file",
            value: "",
            ...(error ? { error } : {}),
          },
        ],
        submit: { label: "Send the file" },
        cancel: { text: "Cancel", href: `/${type.path}` },
      },
      links: [
        { text: "A file with the headings alone", href: `/${type.path}/import/headings.csv` },
        { text: "What is here now, to edit and bring back", href: `/${type.path}.csv?whole=yes` },
      ],
      earlier: {
        caption: "Your imports",
        columns: [
          { label: "File", wide: true },
          { label: "State" },
          { label: "Rows", number: true },
          { label: "Sent" },
        ],
        rows: imports.map((one) => rowOf(tx, type, one)),
        empty: {
          title: "None yet",
          text: "Each file that you bring in stands here for 30 days, to look at and to undo.",
        },
      },
    },
  };
}

const stages: Readonly<Record<Stage, Tag>> = {
  reading: { text: "Being read", tone: "info" },
  columns: { text: "Waits for its columns", tone: "warn" },
  checking: { text: "Being checked", tone: "info" },
  checked: { text: "Checked, not saved", tone: "warn" },
  saving: { text: "Being saved", tone: "info" },
  saved: { text: "Saved", tone: "good" },
  undoing: { text: "Being undone", tone: "info" },
  undone: { text: "Undone", tone: "neutral" },
  forgotten: { text: "Forgotten", tone: "neutral" },
};

function rowOf(tx: Tx, type: RecordType, { id, fileName, stage, told, rowCount, startedAt }: Import): Row {
  return {
    cells: [
      { kind: "link", text: fileName, href: `/${type.path}/import/${id}` },
      { kind: "tag", ...(told.refused === undefined ? stages[stage] : { text: "Could not be read", tone: "bad" }) },
      { kind: "number", text: plural(rowCount, "row") },
      { kind: "date", text: formatRecent(Temporal.Instant.from(startedAt), pageClock(tx)), iso: startedAt },
    ],
  };
}

function postFile(page: PageRequest): Promise<PageAnswer> {
  const type = typeAt(page);
  return sendOnce(page, {
    work: async (tx) => {
      mustImport(tx.actor, type);
      const sent = first(page.form, "file");
      if (sent === "") throw wrong("Select a file");
      const why = whyNotTaken(sent);
      if (why !== null) throw wrong(`The file ${why}`);
      if (!isId(sent)) throw wrong("Send the file again");
      const file = await findFile(tx, sent);
      const other = whyNoTable(file.mediaType);
      if (other !== null) throw wrong(other);
      const id = await startImport(tx, type, file);
      return { location: `/${type.path}/import/${id}`, recordId: id };
    },
    flash: () => "",
    again: (tx, refusal) => importPage(page, tx, refusal.problems),
  });
}

function wrong(message: string): Refusal {
  return new Refusal("invalid", [{ field: "file", message }]);
}
