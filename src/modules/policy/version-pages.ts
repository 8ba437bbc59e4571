import { unseen } from "../../kernel/errors.ts";
import { formatDay } from "../../kernel/fields/date.ts";
import { toHtml } from "../../kernel/markdown.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { first } from "../../web/page.ts";
import type { PageAnswer, PageRequest } from "../../web/page.ts";
import { addressOf, crumbsTo } from "../../web/pages/places.ts";
import type { DocumentPage, FormContent, Link, Shell } from "../../web/view/models.ts";
import { portalShell, usesPortal } from "../portal/module.ts";
import { changedClauses } from "./changed-clauses.ts";
import { exceptionLinks } from "./policy-links.ts";
import { changedParts, clauseParts } from "./show-changes.ts";
import { publishedVersions } from "./versions.ts";
import type { Version } from "./versions.ts";

/** What surrounds the pages of policies, for officers and for people who only ask. */
export function policyShell(page: PageRequest, tx: Tx, title: string): Promise<Shell> {
  const options = { title, current: "/policies" };
  return usesPortal(tx.actor) ? portalShell(page, tx, options) : page.shell(tx, options);
}

/** The way back to a policy. */
export function crumbsOf(tx: Tx, policy: Stored): Pick<DocumentPage, "breadcrumb" | "back"> {
  const self = { text: `${policy.reference} ${policy.title}`, href: addressOf(tx, policy) };
  return usesPortal(tx.actor)
    ? { back: self }
    : { breadcrumb: [...crumbsTo(tx, typeNamed(tx.registry, "policy")), { text: policy.reference, href: self.href }] };
}

/** Where the versions of a policy are listed, or one of them is. */
export function versionHref(tx: Tx, policy: Stored, edition?: number): string {
  return `${addressOf(tx, policy)}/versions${edition === undefined ? "" : `/${edition}`}`;
}

/** Every version that was published, the newest first, and the choice of two to compare. */
export function versionsPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => listOf(page, tx, await read(page, tx)));
}

/** One version as it was published. */
export function versionPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const { policy, versions } = await read(page, tx);
    const version = editionIn(versions, page.params["edition"] ?? "") ?? unseen("There is no such version");
    const latest = versions.at(-1) === version;
    return documentPage(page, tx, policy, {
      title: version.title,
      caption: `${policy.reference}, version ${version.edition}`,
      tag: latest ? { text: "The latest version", tone: "good" } : { text: "An earlier version", tone: "neutral" },
      lead: version.purpose,
      notes: [
        `${publishedWords(version)}. ${version.reason}`,
        ...(version.isWhole ? [] : ["The law has had some of its words erased, so it is not shown as it was."]),
      ],
      links: [{ text: "All versions", href: versionHref(tx, policy) }],
      groups: [
        { parts: clauseParts(version.clauses, latest ? (clause) => exceptionLinks(tx, policy, clause) : undefined) },
      ],
    });
  });
}

/** What differs between two versions, clause by clause and word by word. An address that names none gives the choice again. */
export function comparePage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const found = await read(page, tx);
    const { policy, versions } = found;
    const [from, to] = [editionIn(versions, first(page.query, "from")), editionIn(versions, first(page.query, "to"))];
    if (from === undefined || to === undefined || from === to)
      return listOf(page, tx, found, "Select two different versions of this policy");
    const [before, after] = from.edition < to.edition ? [from, to] : [to, from];
    const changed = changedParts(before.clauses, after.clauses);
    const same = after.clauses.length - changedClauses(before.clauses, after.clauses).filter((one) => one.after).length;
    return documentPage(page, tx, policy, {
      title: `What changed from version ${before.edition} to ${after.edition}`,
      caption: `${policy.reference} ${policy.title}`,
      lead: `${differWords(changed.length)}, ${same} ${same === 1 ? "is" : "are"} the same.`,
      notes: versions
        .filter(({ edition }) => edition > before.edition && edition <= after.edition)
        .map((version) => `${publishedWords(version)}. ${version.reason}`),
      links: [{ text: "All versions", href: versionHref(tx, policy) }],
      groups: [{ parts: changed }],
    });
  });
}

function differWords(count: number): string {
  if (count === 0) return "No clause differs";
  return count === 1 ? "One clause differs" : `${count} clauses differ`;
}

interface Read {
  readonly policy: Stored;
  readonly versions: readonly Version[];
}

async function read(page: PageRequest, tx: Tx): Promise<Read> {
  const policy = await find(tx, typeNamed(tx.registry, "policy"), page.params["reference"] ?? "");
  return { policy, versions: await publishedVersions(tx, policy) };
}

function editionIn(versions: readonly Version[], text: string): Version | undefined {
  return /^\d{1,6}$/.test(text) ? versions.find(({ edition }) => edition === Number(text)) : undefined;
}

type Shown = Pick<DocumentPage, "title" | "notes" | "links" | "groups"> &
  Partial<Pick<DocumentPage, "caption" | "tag" | "lead" | "errors" | "form">>;

async function documentPage(page: PageRequest, tx: Tx, policy: Stored, shown: Shown): Promise<PageAnswer> {
  const shell = await policyShell(page, tx, `${shown.title}: ${policy.reference}`);
  return { page: "document", model: { shell, ...crumbsOf(tx, policy), ...shown } };
}

function listOf(page: PageRequest, tx: Tx, { policy, versions }: Read, wrong?: string): Promise<PageAnswer> {
  return documentPage(page, tx, policy, {
    title: "Versions",
    caption: `${policy.reference} ${policy.title}`,
    ...(versions.length === 0 ? { lead: "It has not been published yet." } : {}),
    ...(wrong === undefined ? {} : { errors: [{ text: wrong, fieldId: "from" }] }),
    notes: [],
    links: [],
    groups: [
      {
        parts: versions.toReversed().map((version) => ({
          id: `version-${version.edition}`,
          heading: `Version ${version.edition}`,
          tag: version.isMaterial ? { text: "Material", tone: "warn" } : { text: "Editorial", tone: "neutral" },
          html: toHtml(`${publishedWords(version)}.\n\n${version.reason}`),
          links: linksOf(tx, policy, versions, version),
        })),
      },
    ],
    ...(versions.length > 1
      ? { form: { title: "Compare two versions", content: compareForm(tx, policy, versions) } }
      : {}),
  });
}

function publishedWords({ publishedOn, publishedBy, isMaterial }: Version): string {
  return `${isMaterial ? "A material" : "An editorial"} change, published on ${formatDay(publishedOn)}${publishedBy === null ? "" : ` by ${publishedBy}`}`;
}

function linksOf(tx: Tx, policy: Stored, versions: readonly Version[], version: Version): Link[] {
  const before = versions[versions.indexOf(version) - 1];
  return [
    { text: `Read version ${version.edition}`, href: versionHref(tx, policy, version.edition) },
    ...(before
      ? [
          {
            text: `What changed from version ${before.edition}`,
            href: compareHref(tx, policy, before.edition, version.edition),
          },
        ]
      : []),
  ];
}

/** Where two versions are compared. */
export function compareHref(tx: Tx, policy: Stored, from: number, to: number): string {
  return `${addressOf(tx, policy)}/compare?from=${from}&to=${to}`;
}

function compareForm(tx: Tx, policy: Stored, versions: readonly Version[]): FormContent {
  const options = versions.map(({ edition, publishedOn }) => ({
    value: String(edition),
    label: `Version ${edition}, ${formatDay(publishedOn)}`,
  }));
  const control = (name: string, label: string, value: number | undefined) =>
    ({ id: name, name, label, widget: "select", value: String(value ?? ""), options }) as const;
  return {
    action: `${addressOf(tx, policy)}/compare`,
    method: "get",
    fields: [
      control("from", "The earlier version", versions.at(-2)?.edition),
      control("to", "The later version", versions.at(-1)?.edition),
    ],
    hidden: [],
    submit: { label: "Compare", tone: "secondary" },
  };
}
