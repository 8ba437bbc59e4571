import type { FastifyInstance, FastifyReply } from "fastify";
import { Refusal } from "../../kernel/errors.ts";
import type { Problem } from "../../kernel/errors.ts";
import { dayFromForm, formatDay } from "../../kernel/fields/date.ts";
import { absenceKinds, endAbsence, listAbsences, makeAbsence, standIns } from "../../kernel/organisation/absences.ts";
import type { Absence } from "../../kernel/organisation/absences.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { dayOf } from "../../kernel/store/as-of.ts";
import { idOf } from "../../kernel/store/check-links.ts";
import { isId } from "../../kernel/store/find.ts";
import type { Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { all, first, pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { actFor } from "../stand-in.ts";
import type { AwayPage, FormField } from "../view/models.ts";
import { changesOrganisation } from "./organisation.ts";

/** Where people say that they are away, and administrators see who is. */
export const awayPath = "/away";

/** Being away and standing in: who stands in for whom, and acting for somebody while one does. */
export function registerAway(app: FastifyInstance, parts: WebParts): void {
  const form = { preHandler: app.csrfProtection.bind(app) };
  app.get(
    awayPath,
    pageRoute(parts, (page) => page.as((tx) => awayPage(page, tx))),
  );
  app.get(
    `${awayPath}/new`,
    pageRoute(parts, (page) => page.as((tx) => newPage(page, tx, []))),
  );
  app.post(`${awayPath}/new`, form, pageRoute(parts, postNew));
  app.post(`${awayPath}/:id/end`, form, pageRoute(parts, postEnd));
  app.post("/stand-in", form, (request, reply) => pageRoute(parts, (page) => begin(page, reply))(request, reply));
  app.post("/stand-in/stop", form, async (request, reply) => {
    actFor(reply, null);
    return pageRoute(parts, () => Promise.resolve({ redirect: "/", flash: "You act for yourself again" }))(
      request,
      reply,
    );
  });
}

async function awayPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  const administers = changesOrganisation(tx);
  const absences = await listAbsences(tx);
  const me = tx.actor.personId;
  const live = (one: Absence) => !one.ended;
  const part = (id: string, title: string, empty: string, of: readonly Absence[]): AwayPage["sections"][number] => ({
    id,
    title,
    empty,
    items: of.map((one) => itemOf(tx, one)),
  });
  const own = absences.filter(({ personId }) => personId === me);
  const theirs = absences.filter(({ delegateId }) => delegateId === me);
  const others = absences.filter(({ personId, delegateId }) => personId !== me && delegateId !== me);
  const title = "Away, and standing in";
  return {
    page: "away",
    model: {
      shell: await page.shell(tx, { title, current: awayPath }),
      breadcrumb: [{ text: "Your account", href: "/account" }],
      title,
      intro:
        "While you are away somebody can do your work for you, from a day to a day. What they do says that they did it for you. It ends by itself, and they cannot hand it on.",
      ...(tx.actor.standsInFor ? {} : { create: { text: "Say when you are away", href: `${awayPath}/new` } }),
      sections: [
        part("own", "When you are away", "You have not said that you are away.", own.filter(live)),
        part("theirs", "Where you stand in", "Nobody has asked you to stand in.", theirs.filter(live)),
        ...(administers ? [part("others", "Everybody else", "Nobody else is away.", others.filter(live))] : []),
        ...(absences.some(({ ended }) => ended)
          ? [part("past", "Over", "", absences.filter(({ ended }) => ended).slice(0, 20))]
          : []),
      ],
    },
  };
}

function itemOf(tx: Tx, one: Absence): AwayPage["sections"][number]["items"][number] {
  const today = dayOf(tx.now);
  const name = (id: string, known: string | null) => (id === tx.actor.personId ? "you" : (known ?? "somebody"));
  const [person, delegate] = [name(one.personId, one.personName), name(one.delegateId, one.delegateName)];
  const stands = one.delegateId === tx.actor.personId && !one.ended && one.fromDay <= today && !tx.actor.standsInFor;
  return {
    text: `${delegate[0]?.toUpperCase()}${delegate.slice(1)} ${delegate === "you" ? "stand" : "stands"} in for ${person}`,
    days: `${formatDay(one.fromDay)} to ${formatDay(one.untilDay)}`,
    kinds: one.kinds.map((kind) => kindWords[kind]).join(" and "),
    ...(one.ended
      ? {}
      : { state: one.fromDay > today ? { text: "To come", tone: "info" } : { text: "Now", tone: "good" } }),
    ...(stands ? { begin: { person: one.personId, label: `Stand in for ${person}` } } : {}),
    ...(one.ended ? {} : { endAction: `${awayPath}/${one.id}/end` }),
  };
}

const kindWords = { decisions: "decisions that wait for them", work: "their other work" } as const;

function newPage(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  if (tx.actor.standsInFor)
    throw new Refusal("forbidden", [{ message: "Stop standing in first: you hand on your own work, not another's" }]);
  return formOf(page, tx, problems);
}

async function formOf(page: PageRequest, tx: Tx, problems: readonly Problem[]): Promise<PageAnswer> {
  const title = "Say when you are away";
  const error = (name: string) => {
    const message = problems.find(({ field }) => field === name)?.message;
    return message === undefined ? {} : { error: message };
  };
  const typed = (name: string) => first(page.form, name);
  const date = (name: string, label: string): FormField => ({
    id: name,
    name,
    label,
    widget: "date",
    day: typed(`${name}-day`),
    month: typed(`${name}-month`),
    year: typed(`${name}-year`),
    ...error(name),
  });
  const fields: FormField[] = [
    {
      id: "delegate",
      name: "delegate",
      label: "Who stands in for you",
      hint: "A name or a reference. They are told, and see it on My work",
      widget: "lookup",
      value: typed("delegate"),
      suggestHref: `/${typeNamed(tx.registry, "person").path}/suggest`,
      ...error("delegate"),
    },
    date("from", "First day away"),
    date("until", "Last day away"),
    {
      id: "kinds",
      name: "kinds",
      label: "What they do for you",
      hint: "Never more than you may do yourself. Restricted records, and what is yours as a person, are not handed on",
      widget: "checkboxes",
      values: page.request.method === "GET" ? Object.keys(absenceKinds) : all(page.form, "kinds"),
      options: Object.entries(absenceKinds).map(([value, { label, hint }]) => ({ value, label, hint })),
      ...error("kinds"),
    },
  ];
  return {
    page: "form",
    status: problems.length > 0 ? 422 : 200,
    model: {
      shell: await page.shell(tx, { title, current: awayPath }),
      breadcrumb: [{ text: "Away, and standing in", href: awayPath }],
      title,
      errors: problems.map(({ field, message }) => ({ text: message, ...(field ? { fieldId: field } : {}) })),
      form: {
        action: `${awayPath}/new`,
        hidden: [],
        fields,
        submit: { label: "Ask them to stand in" },
        cancel: { text: "Cancel", href: awayPath },
      },
    },
  };
}

async function postNew(page: PageRequest): Promise<PageAnswer> {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  try {
    await page.as(async (tx) => {
      const delegate = await delegateIn(page, tx);
      const [from, until] = [text(dayFromForm(page.form, "from")), text(dayFromForm(page.form, "until"))];
      return makeAbsence(tx, { delegate, from, until, kinds: all(page.form, "kinds") });
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    return page.as((tx) => newPage(page, tx, error.problems));
  }
  return { redirect: awayPath, flash: "They are asked to stand in, and told of it" };
}

/** The person whom the form names: by id, reference or name, as lookups do. */
async function delegateIn(page: PageRequest, tx: Tx): Promise<string> {
  const given = first(page.form, "delegate").trim();
  if (given === "") throw new Refusal("invalid", [{ field: "delegate", message: "Select the person who stands in" }]);
  return (await idOf(tx, "person", given)) ?? given;
}

async function postEnd(page: PageRequest): Promise<PageAnswer> {
  const ended = await page.as((tx) => endAbsence(tx, page.params["id"] ?? ""));
  return { redirect: awayPath, flash: ended ? "It has ended, and both are told" : note("It had ended already") };
}

/** From now on this browser acts for somebody who is away, as long as the database agrees. */
async function begin(page: PageRequest, reply: FastifyReply): Promise<PageAnswer> {
  const person = first(page.form, "person");
  const known = await page.as(async (tx) =>
    isId(person) ? (await standIns(tx)).find(({ personId }) => personId === person) : undefined,
  );
  if (!known) throw new Refusal("forbidden", [{ message: "You do not stand in for that person now" }]);
  actFor(reply, person);
  return { redirect: "/" };
}
