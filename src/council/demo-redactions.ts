import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import PdfMaker from "pdfkit";
import type pg from "pg";
import { keepContent } from "../kernel/files/content.ts";
import { addFile, fileBytesMax } from "../kernel/files/files.ts";
import type { FilesPlace } from "../kernel/files/store.ts";
import type { Registry } from "../kernel/registry.ts";
import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { lineOf } from "../modules/rights/redaction/handling.ts";
import { marksOfFound } from "../modules/rights/redaction/marking.ts";
import type { Section } from "../modules/rights/redaction/sections.ts";
import { inThread } from "../modules/rights/redaction/thread.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";

interface DemoRedactionParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly filesFolder: FilesPlace;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** A PDF of the demonstration: its pages, and by what that which is found in it is withheld; none while it waits. */
interface DemoDocument {
  readonly title: string;
  readonly request: string;
  readonly file: string;
  readonly pages: readonly string[];
  readonly section?: Section;
}

const documents: readonly DemoDocument[] = [
  {
    title: "Order of laptops, with delivery notes",
    request: "Laptop contract and its prices",
    file: "Laptop order 2025.pdf",
    section: "s40_2",
    pages: [
      "Priory Computing Ltd\n\nOrder PO-20771 of 14 May 2025\n\nTo be delivered to Mrs Helen Marsh, Digital Services, Town Hall, Aldermoor AL1 2BX. Ring 01632 960 204 or 07700 900 387 an hour before.\n\n140 laptops with dock and case. The bank holiday of 26 May is no day for delivery.",
      "Delivery note\n\nSigned for by H. Marsh on 2 June 2025. Driver: Mr Colin Tate, colin.tate@priory.example.\n\nTwo boxes were wet and went back the same day. Mrs Marsh was told that others would come by Friday.",
    ],
  },
  {
    title: "Complaint about agency staff, with a statement",
    request: "Agency staff in social care",
    file: "Statement of May.pdf",
    pages: [
      "Statement\n\nMy name is Ms Tomasina Zielinska, born 3 March 1987, National Insurance number AB 12 34 56 C. I live at 14 Mill Lane, Aldermoor AL1 4QZ and can be reached on 07700 900 461 or at t.zielinska@example.org.\n\nI worked at Eastgate House for the agency from January to April. Shifts were changed on the same day eleven times.",
      "What was done\n\nThe manager spoke to Ms Zielinska on 6 May. The agency now gives notice of two days. Zielinska was content with that, and the complaint was closed.",
    ],
  },
];

/** Documents that are redacted for requests: one of which the worker makes the copy, and one that waits to be marked. */
export async function makeRedactions(cast: Cast, parts: DemoRedactionParts): Promise<void> {
  const officer = cast.people["policy-manager"];
  const as = <Result>(work: (tx: Tx) => Promise<Result>) =>
    asSystem(parts, async (tx) => work(await actingAs(tx, officer, parts.now)));
  for (const document of documents) {
    const bytes = await pdfOf(document.pages);
    const content = await keepContent(parts.filesFolder, Readable.from([bytes]), fileBytesMax);
    const { section } = document;
    const asked = { task: "find", names: [], typed: "" } as const;
    const found = section === undefined ? [] : await inThread(bytes, asked, { timeoutMs: 60_000 });
    await as(async (tx) => {
      const { id: original } = await addFile(tx, document.file, content);
      const request = await requestCalled(tx, document.request);
      const type = typeNamed(tx.registry, "redaction");
      const made = await create(tx, type, { title: document.title, original, request: request?.id ?? null });
      if (section === undefined) return;
      const marks = marksOfFound(found, section).map(lineOf);
      const marked = await change(tx, type, made.id, made.version, { marks });
      await move(tx, type, made.id, marked.version, "make", {});
    });
  }
}

async function requestCalled(tx: Tx, subject: string): Promise<Stored | undefined> {
  const { items } = await list(tx, typeNamed(tx.registry, "information_request"), { limit: 100 });
  return items.find(({ title }) => title === subject);
}

function pdfOf(pages: readonly string[]): Promise<Buffer> {
  const made = new PdfMaker({
    size: "A4",
    margin: 72,
    autoFirstPage: false,
    info: { Author: "Aldermoor Borough Council" },
  });
  for (const text of pages) made.addPage().fontSize(12).text(text, { lineGap: 4 });
  made.end();
  return buffer(made);
}
