import type { FastifyInstance } from "fastify";
import { askingOf, withoutUnasked } from "../../../kernel/asked.ts";
import { mustBeAllowed } from "../../../kernel/access.ts";
import { Refusal, refuse } from "../../../kernel/errors.ts";
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
import type { FormField, FormPage } from "../../../web/view/models.ts";
import { choosing, hasChoice, isChosen, wrongChoice } from "./choosing.ts";
import { limbIn, ruleOf } from "./rule.ts";
import type { Relied } from "./rule.ts";
import { forDisclosure, forSaying, sectionLabels, sectionTests } from "./sections.ts";
import type { Section } from "./sections.ts";
import { lawOfText } from "./text-sections.ts";
import { needed, partLabel, withheldIn, withheldLines } from "./withheld.ts";
import type { Withheld } from "./withheld.ts";

/** The pages on which the tests of each section are gone through. */
export function registerWorkbench(app: FastifyInstance, parts: WebParts): void {
  const guarded = { preHandler: app.csrfProtection.bind(app) };
  app.get("/agreed-texts/:reference/withhold", pageRoute(parts, getWithhold));
  app.post("/agreed-texts/:reference/withhold", guarded, pageRoute(parts, postWithhold));
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

/** Which line is meant, and what it relies on as it is chosen now: a line that is there, or a new one. */
interface Meant {
  readonly line: Withheld | null;
  readonly relied: Relied | null;
}

function asked(page: PageRequest, text: Stored): Meant {
  const source = page.request.method === "POST" ? page.form : page.query;
  const line = withheldIn(text).find(({ id }) => id !== undefined && id === first(source, "line")) ?? null;
  const given = first(source, "section");
  // Its own keys are sections.
  const section = line?.section ?? (Object.hasOwn(sectionTests, given) ? (given as Section) : null);
  if (section === null) return { line, relied: null };
  // On the way back to the choice nothing counts as chosen.
  const kept = first(source, "choose") === "yes" ? null : line;
  const limb = first(source, "limb") || String(kept?.["limb"] ?? "");
  const duty = first(source, "duty") || String(kept?.["duty"] ?? (kept ? "say" : ""));
  return { line, relied: { section, limb, duty: duty === "neither" || duty === "say" ? duty : null } };
}

async function withholdPage(page: PageRequest, tx: Tx, text: Stored, refused: Refusal | null): Promise<PageAnswer> {
  const { line, relied } = asked(page, text);
  // What was left out or does not go together is said once something was chosen.
  const wrong = relied !== null && first(page.query, "duty") + first(page.query, "limb") !== "" && wrongChoice(relied);
  const refusal = refused ?? (wrong ? new Refusal("invalid", [wrong]) : null);
  const type = typeNamed(tx.registry, text.type);
  const address = addressOf(tx, text);
  const isTested = relied !== null && isChosen(relied);
  const title =
    relied === null
      ? "Withhold something"
      : `${ruleOf(relied).denies ? "Neither confirm nor deny under" : "Withhold something under"} ${limbIn(relied)?.label ?? sectionLabels[relied.section]}`;
  const again = new URLSearchParams({
    ...(line?.id === undefined ? {} : { line: line.id }),
    section: relied?.section ?? "",
    choose: "yes",
  });
  const model: FormPage = {
    shell: await page.shell(tx, { title: `${refusal ? "Error: " : ""}${title}`, current: `/${type.path}` }),
    breadcrumb: [
      ...crumbsTo(tx, type),
      { text: text.reference, href: address },
      ...(isTested && hasChoice(relied.section)
        ? [{ text: "Choose another part", href: `${address}/withhold?${again.toString()}` }]
        : []),
    ],
    caption: `${text.reference} ${text.title}`,
    title,
    ...(isTested
      ? testsForm(page, text, { relied, line, refusal, address })
      : choosing({ law: await lawOfText(tx, text), relied, line, refusal, address })),
  };
  return { page: "form", status: refused ? 422 : 200, model };
}

interface Testing {
  readonly relied: Relied;
  readonly line: Withheld | null;
  readonly refusal: Refusal | null;
  readonly address: string;
}

function testsForm(
  page: PageRequest,
  text: Stored,
  { relied, line, refusal, address }: Testing,
): Pick<FormPage, "intro" | "errors" | "form"> {
  const { section } = relied;
  const problems = new Map(
    (refusal?.problems ?? []).flatMap(({ field, message }) => (field === undefined ? [] : [[field, message] as const])),
  );
  const fields = fieldsFor(relied).flatMap((name): FormField[] => {
    const field = lineFields[name];
    if (!field) return [];
    const holding = refusal
      ? ({ kind: "typed", form: page.form } as const)
      : ({ kind: "stored", value: line?.[name] ?? null } as const);
    const control = fieldInput({ name, field, required: true }, holding, {
      lookups: new Map(),
      names: new Map(),
      problems,
    });
    const hint = hintFor(name, relied);
    return [{ ...control, label: partLabel(name, relied), ...(hint === null ? {} : { hint }) }];
  });
  return {
    intro: introOf(relied),
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
        ...(limbIn(relied) ? [{ name: "limb", value: String(relied.limb) }] : []),
        { name: "duty", value: String(relied.duty ?? "say") },
        ...(line?.id === undefined ? [] : [{ name: "line", value: line.id }]),
        { name: "version", value: String(text.version) },
      ],
      submit: { label: "Save" },
      cancel: { text: "Cancel", href: address },
    },
  };
}

/** What the provision asks for, and its tests one after another. */
function introOf(relied: Relied): readonly string[] {
  const { kind, cited, denies, law } = ruleOf(relied);
  const own = sectionTests[relied.section].tests;
  const weighs = denies
    ? "It applies only where the public interest in not saying whether we hold it outweighs that in saying so."
    : law === "reuse"
      ? "Where it applies, the Regulations on re-use do not."
      : "It applies only where the public interest in withholding outweighs that in giving it out.";
  return [
    ...(denies ? [`The letter cites ${cited}.`] : []),
    kind === "qualified" || law === "reuse"
      ? weighs
      : kind === "absolute"
        ? "Where it applies, the public interest is not weighed."
        : "This is a limit of the duty to answer, and no exemption.",
    ...(denies ? [...forDenying, ...own.map((one) => `If we held it: ${lowered(one)}`)] : own).map(
      (one, at) => `Test ${at + 1}: ${one}`,
    ),
  ];
}

function lowered(text: string): string {
  return text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}

/** What is to be asked before we neither confirm nor deny, whatever the section. */
const forDenying = [
  "Would saying that we hold it, or that we do not, by itself tell or harm what the section protects?",
  "Would we answer alike whether we hold it or not, and whenever this is asked?",
  "Is it not known already that we hold it?",
] as const;

const removeControl: FormField = {
  id: "field-remove",
  name: "remove",
  label: "Or take it off: nothing is withheld under this section",
  widget: "checkboxes",
  values: [],
  options: [{ value: "yes", label: "Take it off" }],
  optional: true,
};

/** Every field that a provision can ask for, in the order of the tests; which part it is was chosen before. */
function fieldsFor(relied: Relied): readonly string[] {
  const names = new Set(needed(relied));
  return Object.keys(lineFields).filter((name) => names.has(name) && name !== "limb");
}

function hintFor(name: string, relied: Relied): string | null {
  const { denies } = ruleOf(relied);
  if (name === "favour") return `Often: ${(denies ? forSaying : forDisclosure).join("; ").toLowerCase()}`;
  if (name === "what" && denies) return "As they asked for it, so that nothing is said of what we hold";
  const against = sectionTests[relied.section].against ?? [];
  return name === "against" && against.length > 0 ? `Often: ${against.join("; ").toLowerCase()}` : null;
}

function postWithhold(page: PageRequest): Promise<PageAnswer> {
  return sendOnce(page, {
    work: async (tx) => {
      const text = await opened(page, tx);
      const { line, relied } = asked(page, text);
      if (relied === null) return refuse("section", "Select the section or regulation");
      const isOff = first(page.form, "remove") === "yes";
      const wrong = isOff ? null : wrongChoice(relied);
      if (wrong) return refuse(wrong.field, wrong.message);
      const others = withheldIn(text).filter((one) => one !== line);
      const { section, duty } = relied;
      const chosen = { section, limb: limbIn(relied) ? relied.limb : null, duty: duty ?? "say" };
      const values = { ...(line?.id === undefined ? {} : { id: line.id }), ...given(page, relied), ...chosen };
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

function given({ form }: PageRequest, relied: Relied): Record<string, unknown> {
  return Object.fromEntries(
    fieldsFor(relied).flatMap((name) => {
      const field = lineFields[name];
      return field ? [[name, field.kind.fromForm(form, name, field.options) ?? null]] : [];
    }),
  );
}
