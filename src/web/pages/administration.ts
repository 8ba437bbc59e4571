import type { FastifyInstance } from "fastify";
import { may } from "../../kernel/access.ts";
import { unseen } from "../../kernel/errors.ts";
import type { Module } from "../../kernel/registry.ts";
import { mayAudit } from "../../kernel/store/audit.ts";
import { countMax } from "../../kernel/store/list.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { administers, auditPath, registersOf } from "../administers.ts";
import { openCounts } from "../counts.ts";
import type { OpenCounts } from "../counts.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { formatCount } from "../view/format.ts";
import type { AdminPage } from "../view/models.ts";
import { fieldsPath } from "./added-field-form.ts";
import { awayPath } from "./away.ts";
import { mailPath } from "./mail.ts";
import { sessionsPath } from "./people-sessions.ts";
import { provisioningPath } from "./provisioning.ts";
import { changesOrganisation, organisationPath } from "./organisation.ts";

type Group = AdminPage["groups"][number];

const organisationGroup: Group = {
  label: "Organisation",
  cards: [
    { title: "Name, colour and logo", href: organisationPath, text: "What stands at the top of every page." },
    {
      title: "Fields",
      href: fieldsPath,
      text: "What each type of record asks for, and what your organisation adds to it.",
    },
    {
      title: "Who did what",
      href: auditPath,
      text: "Every line of every timeline, sign-ins and exports: by person, type, kind and day.",
    },
    { title: "Mail", href: mailPath, text: "How mail goes out, and what did not go." },
    { title: "Provisioning", href: provisioningPath, text: "People and groups that your directory sends (SCIM)." },
    { title: "Who is signed in", href: sessionsPath, text: "Where, since when, and a way to end it." },
    { title: "Who is away", href: awayPath, text: "Who stands in for whom, until when, and a way to end it." },
    {
      title: "Jobs",
      href: "/jobs",
      text: "Long work that people started, what failed and why, and what Reeve does by itself.",
    },
  ],
};

/** Where the small registers are kept by which the work goes: people and roles, queues, service levels, calendars. */
export function registerAdministration(app: FastifyInstance, parts: WebParts): void {
  app.get("/administration", pageRoute(parts, answer));
}

function answer(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const counts = await openCounts(tx);
    const modules = tx.registry.modules.toSorted(
      (one, other) => Number(other.group === "administration") - Number(one.group === "administration"),
    );
    const audits = await mayAudit(tx);
    if (!administers(tx) && !audits) unseen("There is no such page");
    const cards = [
      ...organisationGroup.cards,
      ...page.parts.modulePages.flatMap(({ administration = [] }) => administration),
    ];
    const own = { ...organisationGroup, cards: cards.filter(({ href }) => opens(tx, href, audits)) };
    const groups = [own, ...modules.map((module) => groupOf(tx, module, counts))].filter(
      ({ cards }) => cards.length > 0,
    );
    const shell = await page.shell(tx, { title: "Administration", current: "/administration" });
    return {
      page: "admin",
      model: {
        shell,
        title: "Administration",
        intro: "What the work goes by. Each of these is a list: open it to look, to add to it and to change it.",
        groups,
      },
    };
  });
}

/** Whether this person may open a page of the organisation's own. */
function opens(tx: Tx, href: string, audits: boolean): boolean {
  if (href === auditPath) return audits;
  if (href === fieldsPath) return may(tx.actor, "added_field", "read") && may(tx.actor, "added_field", "change");
  return changesOrganisation(tx);
}

/** A module's registers that this person may see. */
function groupOf(tx: Tx, module: Module, { byType }: OpenCounts): Group {
  const types = registersOf(module).filter(
    // Added fields stand under “Fields”, by the type that they were added to.
    ({ name }) => may(tx.actor, name, "read") && !(name === "added_field" && opens(tx, fieldsPath, false)),
  );
  const cards = types.map((type) => {
    const many = byType[type.name];
    return {
      title: type.label.many,
      href: `/${type.path}`,
      text: type.empty,
      ...(many === undefined ? {} : { count: many > countMax ? `${formatCount(countMax)}+` : formatCount(many) }),
    };
  });
  return { label: module.label, cards };
}
