import type { FastifyInstance } from "fastify";
import { changesEveryRole, may, mustBeAllowed } from "../../kernel/access.ts";
import { forbid, unseen } from "../../kernel/errors.ts";
import type { RecordType } from "../../kernel/record.ts";
import { typeNamed } from "../../kernel/registry.ts";
import { find } from "../../kernel/store/find.ts";
import { appendEvent } from "../../kernel/store/timeline.ts";
import type { Stored, Tx } from "../../kernel/transaction.ts";
import { note } from "../flash.ts";
import { pageRoute } from "../page.ts";
import type { PageAnswer, PageRequest } from "../page.ts";
import type { WebParts } from "../parts.ts";
import { deviceName } from "../sign-in/device.ts";
import { endSecondStepOf, endSessionsOf, peopleSessions, peopleSessionsMax } from "../sign-in/people-sessions.ts";
import type { PersonSession } from "../sign-in/people-sessions.ts";
import { recentInSentence, plural } from "../view/format.ts";
import type { Move, SessionsPage } from "../view/models.ts";
import { changesOrganisation } from "./organisation.ts";
import { addressOf, crumbsTo, navigationOf, pageClock } from "./places.ts";

/** Where an administrator sees who is signed in. */
export const sessionsPath = "/administration/sessions";

/** Who is signed in, for administrators: everybody, and one person, whose sessions and second step can be ended. */
export function registerPeopleSessions(app: FastifyInstance, parts: WebParts): void {
  const own = { preHandler: app.csrfProtection };
  const address = `/${typeNamed(parts.registry, "person").path}/:reference/sessions`;
  app.get(
    sessionsPath,
    pageRoute(parts, (page) => page.as((tx) => everybodyPage(page, tx))),
  );
  app.get(
    address,
    pageRoute(parts, (page) => personPage(page)),
  );
  app.post(
    `${address}/end`,
    own,
    pageRoute(parts, (page) => end(page, null)),
  );
  app.post(
    `${address}/:session/end`,
    own,
    pageRoute(parts, (page) => end(page, page.params["session"] ?? "")),
  );
  app.post(`${address}/second-step`, own, pageRoute(parts, endSecondStep));
}

/** The way to that page from a person's own. */
export function sessionsAction(tx: Tx, type: RecordType, record: Stored): Move[] {
  return type.name === "person" && mayLookAfter(tx, type, record)
    ? [{ label: "See where they are signed in", href: `${addressOf(tx, record)}/sessions`, method: "get" }]
    : [];
}

function mayLookAfter(tx: Tx, type: RecordType, person: Stored): boolean {
  return (
    typeof person.values["accountId"] === "string" &&
    changesEveryRole(tx.actor) &&
    may(tx.actor, type.name, type.access.change.permission, person)
  );
}

async function everybodyPage(page: PageRequest, tx: Tx): Promise<PageAnswer> {
  if (!changesOrganisation(tx)) unseen("There is no such page");
  const [sessions, shell] = await Promise.all([
    peopleSessions(tx, null),
    page.shell(tx, { title: "Who is signed in", current: "/administration" }),
  ]);
  return {
    page: "sessions",
    model: {
      shell,
      breadcrumb: [{ text: "Administration", href: "/administration" }],
      title: "Who is signed in",
      intro: shownOf(sessions.length),
      sessions: sessions.slice(0, peopleSessionsMax).map((session) => ({
        ...sessionItem(page, tx, session),
        person: { text: session.name, href: `/${typeNamed(tx.registry, "person").path}/${session.reference}/sessions` },
      })),
      actions: [],
    },
  };
}

function shownOf(found: number): string {
  return found > peopleSessionsMax
    ? `The ${peopleSessionsMax} sessions that were used last. Open a person to see all of theirs.`
    : `${plural(found, "session", "sessions")}, the one used last first.`;
}

async function personAt(page: PageRequest, tx: Tx): Promise<Stored> {
  const type = typeNamed(tx.registry, "person");
  const person = await find(tx, type, page.params["reference"] ?? "");
  if (!changesEveryRole(tx.actor))
    forbid("You may not see where people are signed in. It needs the permission “change” for all roles");
  mustBeAllowed(tx.actor, type, type.access.change.permission, "see where this person is signed in", person);
  return person;
}

function accountOf(person: Stored): string {
  const account = person.values["accountId"];
  return typeof account === "string" ? account : unseen("This person has no account to sign in with");
}

async function personPage(page: PageRequest): Promise<PageAnswer> {
  return page.as(async (tx) => {
    const type = typeNamed(tx.registry, "person");
    const person = await personAt(page, tx);
    const title = `Where ${person.title} is signed in`;
    const [sessions, shell] = await Promise.all([
      peopleSessions(tx, person.id),
      page.shell(tx, { title, current: navigationOf(tx.registry, type) }),
    ]);
    const here = `${addressOf(tx, person)}/sessions`;
    const since = await page.parts.signIn.secondStep.since(accountOf(person));
    return {
      page: "sessions",
      model: {
        shell,
        breadcrumb: [...crumbsTo(tx, type), { text: person.reference, href: addressOf(tx, person) }],
        title,
        intro: sessions.length === 0 ? `${person.title} is signed in nowhere.` : "",
        sessions: sessions.slice(0, peopleSessionsMax).map((session) => sessionItem(page, tx, session)),
        actions: [
          ...(sessions.length > 0 ? [{ label: "End all of them", action: `${here}/end`, text: "" }] : []),
          ...(since === null
            ? []
            : [
                {
                  label: "Turn off two-step sign-in",
                  action: `${here}/second-step`,
                  text: "They sign in with a code from an app besides their password. Turn it off only if they have lost both the app and their recovery codes, and you are sure that it is they who ask.",
                },
              ]),
        ],
      },
    };
  });
}

function sessionItem(page: PageRequest, tx: Tx, session: PersonSession): SessionsPage["sessions"][number] {
  const recent = (moment: string) => recentInSentence(Temporal.Instant.from(moment), pageClock(tx));
  const path = `/${typeNamed(tx.registry, "person").path}/${session.reference}/sessions`;
  return {
    device: deviceName(session.userAgent),
    address: session.address,
    started: recent(session.startedAt),
    lastSeen: session.id === page.session.sessionId ? "now" : recent(session.lastSeenAt),
    current: session.id === page.session.sessionId,
    endAction: `${path}/${encodeURIComponent(session.id)}/end`,
  };
}

async function end(page: PageRequest, sessionId: string | null): Promise<PageAnswer> {
  const { ended, location } = await page.as(async (tx) => {
    const person = await personAt(page, tx);
    const gone = await endSessionsOf(tx, accountOf(person), sessionId);
    if (gone.length > 0) await appendEvent(tx, person.id, { verb: "sessions_ended", body: {} });
    return { ended: gone, location: `${addressOf(tx, person)}/sessions` };
  });
  page.parts.signIn.forgetSessions(ended);
  if (ended.includes(page.session.sessionId)) return { redirect: "/sign-in" };
  const flash =
    ended.length === 0
      ? note("That has ended already.")
      : `${plural(ended.length, "session has", "sessions have")} ended.`;
  return { redirect: location, flash };
}

async function endSecondStep(page: PageRequest): Promise<PageAnswer> {
  const location = await page.as(async (tx) => {
    const person = await personAt(page, tx);
    if (await endSecondStepOf(tx, accountOf(person)))
      await appendEvent(tx, person.id, { verb: "second_step_taken_away", body: {} });
    return `${addressOf(tx, person)}/sessions`;
  });
  return { redirect: location, flash: "Two-step sign-in is off for them." };
}
