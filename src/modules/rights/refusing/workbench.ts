import type { FastifyInstance } from "fastify";
import { askingOf, withoutUnasked } from "../../../kernel/asked.ts";
import { may, mustBeAllowed } from "../../../kernel/access.ts";
import type { Refusal } from "../../../kernel/errors.ts";
import { refuse } from "../../../kernel/errors.ts";
import type { Line } from "../../../kernel/fields/lines.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import { change } from "../../../kernel/store/change.ts";
import { find } from "../../../kernel/store/find.ts";
import type { Stored, Tx } from "../../../kernel/transaction.ts";
import { first, pageRoute } from "../../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../../web/page.ts";
import type { WebParts } from "../../../web/parts.ts";
import { fieldInput } from "../../../web/pages/field-input.ts";
import { addressOf, crumbsTo } from "../../../web/pages/places.ts";
import { linesOf as lineOptions } from "../../../web/pages/seen-fields.ts";
import { sendOnce, submissionField } from "../../../web/pages/submitting.ts";
import type { FormField, FormPage, RecordSection } from "../../../web/view/models.ts";
import { caseNamed, caseOf } from "../answering/case-kinds.ts";
import type { Law } from "../answering/case-kinds.ts";
import { costSection } from "./cost-section.ts";
import { forDisclosure, sectionLabels, sectionTests, sectionsWhere } from "./sections.ts";
import type { Section } from "./sections.ts";
import { gapsIn, needed, withheldIn, withheldLines } from "./withheld.ts";
import type { Withheld } from "./withheld.ts";

/** The pages on which the tests of each section are gone through. */
export function registerWorkbench(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  app.get("/agreed-texts/:reference/withhold", pageRoute(parts, getWithhold));
  app.post("/agreed-texts/:reference/withhold", guarded, pageRoute(parts, postWithhold));
}

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
                text: sectionLabels[line.section],
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

async function lawOfText(tx: Tx, text: Stored): Promise<Law> {
  const record = await caseOf(tx, text);
  return record ? (caseNamed(text)?.kind.law(record.values) ?? "none") : "none";
}

/** The fields of a line, with what each is. */
const { fields: lineFields, askedWhen } = lineOptions({ kind: withheldLines.kind, options: withheldLines.options })!;

async function opened(page: PageRequest, tx: Tx): Promise<Stored> {
  const text = await find(tx, typeNamed(tx.registry, "agreed_text"), page.params["reference"] ?? "");
  mustBeAllowed(tx.actor, typeNamed(tx.registry, "agreed_text"), "change", "change this text", text);
  return text;
}

function getWithhold(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => withholdPage(page, tx, await opened(page, tx), null));
}

/** Which line is meant, and which section: a line that is there, or a new one under a section that was chosen. */
function asked(page: PageRequest, text: Stored): { line: Withheld | null; section: Section | null } {
  const source = page.request.method === "POST" ? page.form : page.query;
  const line = withheldIn(text).find(({ id }) => id !== undefined && id === first(source, "line")) ?? null;
  const given = first(source, "section");
  // Its own keys are sections.
  return { line, section: line?.section ?? (Object.hasOwn(sectionTests, given) ? (given as Section) : null) };
}

async function withholdPage(page: PageRequest, tx: Tx, text: Stored, refusal: Refusal | null): Promise<PageAnswer> {
  const { line, section } = asked(page, text);
  const type = typeNamed(tx.registry, text.type);
  const address = addressOf(tx, text);
  const title = section === null ? "Withhold something" : `Withhold something under ${sectionLabels[section]}`;
  const model: FormPage = {
    shell: await page.shell(tx, { title: `${refusal ? "Error: " : ""}${title}`, current: `/${type.path}` }),
    breadcrumb: [...crumbsTo(tx, type), { text: text.reference, href: address }],
    caption: `${text.reference} ${text.title}`,
    title,
    ...(section === null
      ? {
          intro: ["Choose the section or regulation. Its tests come next, one after another."],
          errors: [],
          form: {
            action: `${address}/withhold`,
            method: "get",
            hidden: [],
            fields: [sectionControl(await lawOfText(tx, text))],
            submit: { label: "Go on" },
            cancel: { text: "Cancel", href: address },
          },
        }
      : testsForm(page, text, { section, line, refusal, address })),
  };
  return { page: "form", status: refusal ? 422 : 200, model };
}

function sectionControl(law: Law): FormField {
  const options = sectionsWhere((test) => law === "none" || test.law === law).map((section) => ({
    value: section,
    label: `${sectionLabels[section]} (${sectionTests[section].kind === "qualified" ? "weighed against the public interest" : sectionTests[section].kind === "limit" ? "limit of the duty" : "absolute"})`,
  }));
  return { id: "field-section", name: "section", label: "Withheld under", widget: "select", value: "", options };
}

interface Testing {
  readonly section: Section;
  readonly line: Withheld | null;
  readonly refusal: Refusal | null;
  readonly address: string;
}

function testsForm(
  page: PageRequest,
  text: Stored,
  { section, line, refusal, address }: Testing,
): Pick<FormPage, "intro" | "errors" | "form"> {
  const test = sectionTests[section];
  const problems = new Map(
    (refusal?.problems ?? []).flatMap(({ field, message }) => (field === undefined ? [] : [[field, message] as const])),
  );
  const names = fieldsFor(section);
  const fields = names.flatMap((name): FormField[] => {
    const field = lineFields[name];
    if (!field) return [];
    const holding = refusal
      ? ({ kind: "typed", form: page.form } as const)
      : ({ kind: "stored", value: line?.[name] ?? (name === "duty" ? "say" : null) } as const);
    const control = fieldInput({ name, field, required: true }, holding, {
      lookups: new Map(),
      names: new Map(),
      problems,
    });
    const hint = hintFor(name, section);
    return [{ ...control, ...(hint === null ? {} : { hint }) }];
  });
  return {
    intro: [
      test.kind === "qualified"
        ? "It applies only where the public interest in withholding outweighs that in giving it out."
        : test.kind === "absolute"
          ? "Where it applies, the public interest is not weighed."
          : "This is a limit of the duty to answer, and no exemption.",
      ...test.tests.map((one, at) => `Test ${at + 1}: ${one}`),
    ],
    errors: (refusal?.problems ?? []).map(({ field, message }) => ({
      text: message,
      ...(field === undefined ? {} : { fieldId: `field-${field}` }),
    })),
    form: {
      action: `${address}/withhold`,
      fields: [...fields, ...(line === null ? [] : [removeControl])],
      hidden: [
        submissionField(),
        { name: "section", value: section },
        ...(line?.id === undefined ? [] : [{ name: "line", value: line.id }]),
        { name: "version", value: String(text.version) },
      ],
      submit: { label: "Save" },
      cancel: { text: "Cancel", href: address },
    },
  };
}

const removeControl: FormField = {
  id: "field-remove",
  name: "remove",
  label: "Or take it off: nothing is withheld under this section",
  widget: "checkboxes",
  values: [],
  options: [{ value: "yes", label: "Take it off" }],
  optional: true,
};

/** Every field that a section can ask for, in the order of the tests. */
function fieldsFor(section: Section): readonly string[] {
  const names = new Set(needed(section));
  return Object.keys(lineFields).filter(
    (name) => names.has(name) || (name === "duty" && sectionTests[section].kind !== "limit"),
  );
}

function hintFor(name: string, section: Section): string | null {
  if (name === "favour") return `Often: ${forDisclosure.join("; ").toLowerCase()}`;
  const against = sectionTests[section].against ?? [];
  return name === "against" && against.length > 0 ? `Often: ${against.join("; ").toLowerCase()}` : null;
}

function postWithhold(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const text = await opened(page, tx);
      const { line, section } = asked(page, text);
      if (section === null) return refuse("section", "Select the section or regulation");
      const others = withheldIn(text).filter((one) => one !== line);
      const isOff = first(page.form, "remove") === "yes";
      const values = { ...(line?.id === undefined ? {} : { id: line.id }), section, ...given(page, section) };
      const kept = withoutUnasked(askingOf({ fields: lineFields, ...(askedWhen ? { askedWhen } : {}) }), values);
      const withheld = isOff
        ? others
        : line
          ? withheldIn(text).map((one) => (one === line ? kept : one))
          : [...others, kept];
      const version = Number(first(page.form, "version")) || 0;
      await change(tx, typeNamed(tx.registry, text.type), text.id, version, { withheld });
      return { location: addressOf(tx, text), recordId: text.id };
    },
    flash: () => "Saved",
    again: async (tx, refusal) => withholdPage(page, tx, await opened(page, tx), refusal),
  });
}

function given({ form }: PageRequest, section: Section): Record<string, unknown> {
  return Object.fromEntries(
    fieldsFor(section).flatMap((name) => {
      const field = lineFields[name];
      return field ? [[name, field.kind.fromForm(form, name, field.options) ?? null]] : [];
    }),
  );
}
