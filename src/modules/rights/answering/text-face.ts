import { may } from "../../../kernel/access.ts";
import { formatDay } from "../../../kernel/fields/date.ts";
import { formatMoment } from "../../../kernel/fields/moment.ts";
import { toHtml } from "../../../kernel/markdown.ts";
import { escaped } from "../../../kernel/html.ts";
import { handsOf } from "../../../kernel/access.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { find } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { namesOf } from "../../../web/names.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import { addressOf, crumbsTo, stateTag } from "../../../web/pages/places.ts";
import { submissionField, versionField } from "../../../web/pages/submitting.ts";
import type { DocumentPage, DocumentPart, Link } from "../../../web/view/models.ts";
import { helpPath, portalShell, usesPortal } from "../../portal/module.ts";
import { withheldBlocks } from "../refusing/notice.ts";
import { noFrame } from "../letter/frame.ts";
import { letterWords } from "../letter/model.ts";
import type { Block } from "../letter/model.ts";
import { codesOf } from "../refusing/rule.ts";
import { withheldIn } from "../refusing/withheld.ts";
import { caseOf } from "./case-kinds.ts";
import { whereItIs } from "./case-sections.ts";
import { nextSignature } from "./signing.ts";
import { linesOf } from "./text-rules.ts";

/** The text for whoever signs it now: what goes out, what was said of it, and one button. Others see the usual page. */
export async function textFace(page: PageRequest, tx: Tx, text: Stored): Promise<PageAnswer | null> {
  const mine = text.state === "signing" && handsOf(tx.actor).includes(String(nextSignature(text)?.["signer"] ?? ""));
  return mine || usesPortal(tx.actor) ? readPage(page, tx, text) : null;
}

/** GET: the text as it is read, whoever reads it. */
export function readText(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) =>
    readPage(page, tx, await find(tx, typeNamed(tx.registry, "agreed_text"), page.params["reference"] ?? "")),
  );
}

async function readPage(page: PageRequest, tx: Tx, text: Stored): Promise<PageAnswer> {
  const type = typeNamed(tx.registry, "agreed_text");
  const portal = usesPortal(tx.actor);
  const options = { title: `${text.reference} ${text.title}`, current: `/${type.path}` };
  const outcome = type.fields["outcome"]!;
  const shown = text.values["outcome"] ? outcome.kind.show(outcome.options, text.values["outcome"]) : null;
  const model: DocumentPage = {
    shell: portal ? await portalShell(page, tx, options) : await page.shell(tx, options),
    ...(portal ? { back: { text: "Help", href: helpPath } } : { breadcrumb: crumbsTo(tx, type) }),
    caption: text.reference,
    title: text.title,
    tag: stateTag(type, text.state),
    lead: await whereItIs(tx, text),
    notes: shown && "text" in shown ? [`What they get: ${shown.text.toLowerCase()}.`] : [],
    links: linksOf(tx, text),
    groups: [
      { parts: await letterParts(tx, text) },
      ...(linesOf(text, "remarks").length > 0 ? [{ title: "Comments", parts: await remarkParts(tx, text) }] : []),
      { title: "Signatures", parts: await signatureParts(tx, text) },
    ],
    ...signForm(tx, text),
  };
  return { page: "document", model };
}

function linksOf(tx: Tx, text: Stored): Link[] {
  const address = addressOf(tx, text);
  const can = (move: string, permission: string) =>
    (typeNamed(tx.registry, text.type).moves[move]?.from ?? []).includes(text.state) &&
    may(tx.actor, text.type, permission, text);
  return [
    ...(can("remark", "remark") ? [{ text: "Comment on a passage", href: `${address}/moves/remark` }] : []),
    ...(can("send_back", "sign") ? [{ text: "Ask for changes", href: `${address}/moves/send_back` }] : []),
    { text: "Versions, and what changed", href: `${address}/versions` },
    { text: "Everything about it", href: `${address}?tab=details` },
  ];
}

/** The letter part by part, made of what `letterWords` says: so what is signed is what is read. */
async function letterParts(tx: Tx, text: Stored): Promise<DocumentPart[]> {
  const { opening, body, closing } = await letterWords(tx, await caseOf(tx, text), text);
  const withheld = withheldIn(text);
  const headings = new Set(
    withheldBlocks(text, noFrame).flatMap((block) => (block.kind === "heading" ? [block.text] : [])),
  );
  return [
    ...partOf("opening", "How the letter begins", opening),
    ...partsIn(body).map(({ id, heading, section, blocks }): DocumentPart => {
      const html = blocks.map(({ markdown }) => toHtml(markdown)).join("");
      if (section !== null) return { id, heading, html, ...remarksAt(tx, text, section) };
      const isWithheld = withheld.length > 0 && headings.has(heading);
      return {
        id: isWithheld ? "withheld" : id,
        heading,
        ...(isWithheld ? { tag: { text: codesOf(withheld), tone: "warn" as const } } : {}),
        html,
      };
    }),
    ...partOf("closing", "How it ends", closing),
  ];
}

function partOf(id: string, heading: string, blocks: readonly Block[]): DocumentPart[] {
  const html = blocks.map((block) =>
    block.kind === "text" ? toHtml(block.markdown) : `<h3>${escaped(block.text)}</h3>`,
  );
  return blocks.length === 0 ? [] : [{ id, heading, html: html.join("") }];
}

interface Part {
  readonly id: string;
  readonly heading: string;
  /** The number of the section of the text; null for what stands around it. */
  readonly section: number | null;
  readonly blocks: { readonly markdown: string }[];
}

/** The body of a letter under its headings: each heading begins a part, and each section of the text. */
function partsIn(body: readonly Block[]): readonly Part[] {
  const parts: Part[] = [];
  for (const block of body) {
    const section = block.section ?? null;
    const last = parts.at(-1);
    if (block.kind === "heading" || !last || last.section !== section) {
      const id = section === null ? `part-${parts.length + 1}` : `section-${section}`;
      const heading = block.kind === "heading" ? block.text : section === null ? "What they get" : `Section ${section}`;
      parts.push({ id, heading, section, blocks: [] });
    }
    if (block.kind === "text") parts.at(-1)?.blocks.push(block);
  }
  return parts;
}

/** What was said of a section, and the way to say something of it. */
function remarksAt(tx: Tx, text: Stored, section: number): Pick<DocumentPart, "tag" | "links"> {
  const open = linesOf(text, "remarks").filter((line) => !line["reply"] && line["section"] === section).length;
  const canRemark = ["drafting", "signing"].includes(text.state) && may(tx.actor, text.type, "remark", text);
  const href = `${addressOf(tx, text)}/moves/remark?remarkSection=${section}`;
  return {
    ...(open > 0 ? { tag: { text: open === 1 ? "1 comment" : `${open} comments`, tone: "warn" as const } } : {}),
    ...(canRemark ? { links: [{ text: `Comment on section ${section}`, href }] } : {}),
  };
}

async function remarkParts(tx: Tx, text: Stored): Promise<DocumentPart[]> {
  const remarks = linesOf(text, "remarks");
  const names = await namesOf(
    tx,
    remarks.flatMap(({ by }) => (typeof by === "string" ? [by] : [])),
  );
  return remarks.map((line, at) => ({
    id: `comment-${line.number ?? at + 1}`,
    heading: `Comment ${line.number ?? at + 1} on section ${String(line["section"])}, by ${names.get(String(line["by"]))?.title ?? "somebody"}`,
    tag: line["reply"] ? { text: "Settled", tone: "good" } : { text: "Open", tone: "warn" },
    html: `${line["passage"] ? `<blockquote>${escaped(String(line["passage"]))}</blockquote>` : ""}${toHtml(String(line["words"] ?? ""))}${line["reply"] ? `<p><strong>What became of it:</strong></p>${toHtml(String(line["reply"]))}` : ""}`,
    ...(line["reply"] || !may(tx.actor, text.type, "handle", text) || !["drafting", "signing"].includes(text.state)
      ? {}
      : {
          links: [
            {
              text: `Settle comment ${line.number ?? at + 1}`,
              href: `${addressOf(tx, text)}/moves/settle?remarkNumber=${line.number ?? at + 1}`,
            },
          ],
        }),
  }));
}

async function signatureParts(tx: Tx, text: Stored): Promise<DocumentPart[]> {
  const lines = linesOf(text, "signatures");
  if (lines.length === 0)
    return [
      {
        id: "signatures",
        heading: "Nobody has been asked yet",
        html: "<p>Who signs is asked when the draft is ready.</p>",
      },
    ];
  const names = await namesOf(
    tx,
    lines.flatMap(({ signer, signedBy }) => [signer, signedBy].filter((id) => typeof id === "string")),
  );
  const called = (id: unknown) => names.get(String(id))?.title ?? "somebody";
  const said = (line: Line) => {
    if (typeof line["signedBy"] !== "string") return "Has still to sign.";
    const by = line["signedBy"] === line["signer"] ? "Signed" : `Signed by ${called(line["signedBy"])}, who stood in`;
    return `${by} on ${formatMoment(String(line["signedAt"]))}. Fingerprint ${String(line["hash"]).slice(0, 16)}…`;
  };
  return lines.map((line, at) => ({
    id: `signature-${at + 1}`,
    heading: `${at + 1}. ${called(line["signer"])}, ${String(line["role"] ?? "")}`,
    ...(typeof line["signedBy"] === "string" ? { tag: { text: "Signed", tone: "good" as const } } : {}),
    html: `<p>${escaped(said(line))}</p>`,
  }));
}

function signForm(tx: Tx, text: Stored): Pick<DocumentPage, "form"> {
  const next = nextSignature(text);
  const mine = text.state === "signing" && next && handsOf(tx.actor).includes(String(next["signer"]));
  if (!mine) return {};
  const by = text.values["agreeBy"];
  return {
    form: {
      title: typeof by === "string" ? `Sign it by ${formatDay(by)}` : "Sign it",
      content: {
        action: `${addressOf(tx, text)}/moves/sign`,
        fields: [],
        hidden: [submissionField(), versionField(text.version)],
        submit: { label: `Sign it as ${String(next["role"] ?? "asked")}` },
      },
    },
  };
}
