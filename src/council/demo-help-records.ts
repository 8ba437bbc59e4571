import { sql } from "kysely";
import type pg from "pg";
import type { Registry } from "../kernel/registry.ts";
import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import { move } from "../kernel/store/move.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { stepsByCaller } from "../modules/desk/module.ts";
import { keepReading } from "../modules/knowledge/module.ts";
import { makeRequest, nextStep, questionsOf } from "../modules/requests/module.ts";
import { actingAs, actingAsProduct } from "./demo-cast.ts";
import type { Cast, Player } from "./demo-cast.ts";
import { demoQueues } from "./demo-desk.ts";
import { demoArticles, demoItems, demoRequests } from "./demo-help.ts";
import type { DemoArticle, DemoItem, DemoRequest } from "./demo-help.ts";
import { readingByIndex } from "./demo-tickets.ts";

interface HelpOptions {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** What there is at once: the articles and the catalogue. What follows is made behind. */
export interface DemoHelp {
  /** Makes what readers said of the articles, and requests that are on their way. */
  finish(): Promise<void>;
}

/** Makes the help articles and the service catalogue. */
export async function makeHelp(cast: Cast, options: HelpOptions): Promise<DemoHelp> {
  const stage: Stage = {
    cast,
    options,
    run: (work) => {
      // A pool that is ending says that Reeve stops.
      if (options.ownerPool.ending) return Promise.reject(new Error("Reeve stops"));
      return asSystem({ ...options, before: readingByIndex }, (tx) => {
        tx.memo.set(stepsByCaller, Promise.resolve(true));
        return work(tx);
      });
    },
    at: (days, minutes = 0) => options.now.subtract({ hours: 24 * days }).add({ minutes }),
  };
  const { articles, items } = await stage.run(async (tx) => {
    const made = { articles: new Map<DemoArticle, string>(), items: new Map<string, Stored>() };
    for (const article of demoArticles) made.articles.set(article, await makeArticle(tx, stage, article));
    for (const [key, item] of Object.entries(demoItems)) made.items.set(key, await makeItem(tx, stage, item));
    return made;
  });
  return {
    finish: async () => {
      await giveManagers(stage);
      for (const [article, id] of articles) await readArticle(stage, article, id);
      for (const request of demoRequests) await playRequest(stage, items.get(request.item)!, request);
    },
  };
}

interface Stage {
  readonly cast: Cast;
  readonly options: HelpOptions;
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** So many days ago, some minutes later. */
  at(days: number, minutes?: number): Temporal.Instant;
}

/** Who approves what staff ask for. */
function giveManagers({ cast: { people, staff }, run, at }: Stage): Promise<void> {
  const heads = [people["head-of-delivery"], people["assistant-director"], people["service-manager"]];
  const pairs = [
    [people.staff, people["service-manager"]] as const,
    ...staff.map((one, place) => [one, heads[place % heads.length]!] as const),
  ];
  return run(async (tx) => {
    const type = typeNamed(tx.registry, "person");
    for (const [one, manager] of pairs)
      await change({ ...tx, now: at(400) }, type, one.id, "any", { manager: manager.id }, { trusted: true });
  });
}

async function makeArticle(tx: Tx, { cast, options, at }: Stage, article: DemoArticle): Promise<string> {
  const { people, categories } = cast;
  const type = typeNamed(tx.registry, "article");
  const by = await actingAs(tx, people[article.author], at(article.writtenDays));
  const { title, body, synonyms, audience = "staff" } = article;
  const made = await create(by, type, {
    title,
    body,
    synonyms,
    audience,
    category: categories[article.category],
    tool: cast.registers.about(article.category)["system"] ?? null,
    services: [cast.registers.about(article.category)["service"]].filter((id) => typeof id === "string"),
    readers: audience === "desk" ? "specialists" : "everybody",
    owner: people[article.author].id,
  });
  if (article.reaches === "draft") return made.id;
  if (article.reaches === "in_review") {
    await move(by, type, made.id, made.version, "submit", {});
    return made.id;
  }
  const lead = await actingAs(by, people["lead-support"], at(article.writtenDays - 1));
  const today = options.now.toZonedDateTimeISO("Europe/London").toPlainDate();
  const reviewOn = today.add({ days: 365 - article.writtenDays }).toString();
  await move(lead, type, made.id, made.version, "publish", { reviewOn });
  return made.id;
}

/** What readers said of an article, and how often it was opened. */
async function readArticle({ cast, options, run, at }: Stage, article: DemoArticle, id: string): Promise<void> {
  const { staff } = cast;
  const said = [
    ...Array.from({ length: article.solved ?? 0 }, () => ["solved", ""] as const),
    ...(article.notSolved ?? []).map((words) => ["not_solved", words] as const),
  ];
  await run(async (tx) => {
    let acting = tx;
    for (const [place, [outcome, words]] of said.entries()) {
      acting = await actingAs(acting, staff[(place * 7 + article.writtenDays) % staff.length]!, at(2 + place * 9));
      await keepReading(acting, { id, title: article.title }, outcome, { words });
    }
  });
  if (article.views !== undefined)
    await options.ownerPool.query(
      `insert into article_views (organisation_id, article_id, day, views)
       select $1, $2, current_date - ago, 1 + (ago * 5 + $3) % $3 from generate_series(1, 20) as ago on conflict do nothing`,
      [options.organisationId, id, article.views],
    );
}

async function makeItem(tx: Tx, { cast, at }: Stage, item: DemoItem): Promise<Stored> {
  const { people, queues, categories } = cast;
  const type = typeNamed(tx.registry, "catalogue_item");
  const { name, summary, details, synonyms, days, approvals } = item;
  const { rows } = await sql<{ id: string; team: string }>`select id, team_id as team from visible_queue
      where organisation_id = ${tx.actor.organisationId}::uuid`.execute(tx.db);
  const teamOf = (queue: keyof typeof demoQueues) => rows.find(({ id }) => id === queues[queue])?.team;
  const by = await actingAs(tx, people["lead-support"], at(300));
  const made = await create(by, type, {
    name,
    summary,
    synonyms,
    days,
    ...(details === undefined ? {} : { details }),
    queue: queues[item.queue],
    category: categories[item.category],
    owner: people[item.owner].id,
    questions: item.questions.map(([label, kind, more]) => ({ label, kind, ...more })),
    approvals: approvals.map(({ by: who, who: key, why }) => ({
      by: who,
      ...(key === undefined ? {} : { person: people[key].id }),
      ...(why === undefined ? {} : { why }),
    })),
    steps: item.steps.map(([what, queue, forDays, together]) => ({
      what,
      team: teamOf(queue),
      days: forDays,
      together: together === true,
    })),
  });
  return move(by, type, made.id, made.version, "offer", {});
}

interface Waiting {
  readonly id: string;
  readonly version: number;
  readonly owner: string | null;
  readonly queue: string | null;
}

/**
 * Plays a request up to where it stands now, each step by the person whose it is and the product between them. All of it at
 * once, for the worker gives out whatever it sees that nobody has.
 */
function playRequest({ cast, run, at }: Stage, item: Stored, request: DemoRequest): Promise<void> {
  const asker = request.by === "staff" ? cast.people.staff : cast.staff[request.by]!;
  const players = [...Object.values<Player>(cast.people), ...cast.staff];
  let minutes = 0;
  const later = () => at(request.daysAgo, (minutes += 190));
  return run(async (product) => {
    const ticketId = await ask(await actingAs(product, asker, at(request.daysAgo)), item, request);
    const step = async () => {
      const tx = await actingAsProduct(product, at(request.daysAgo, (minutes += 5)));
      await nextStep(tx, ticketId);
      return tx;
    };
    let tx = await step();
    for (const decision of request.decisions) {
      const [approval] = await waiting(tx, "approval", ticketId);
      const player = players.find(({ id }) => id === approval?.owner);
      if (approval && player) await decide(await actingAs(tx, player, later()), approval, decision);
      tx = await step();
    }
    for (let done = 0; done < request.done; done++) {
      const [task] = await waiting(tx, "request_task", ticketId);
      const queue = Object.entries(cast.queues).find(([, id]) => id === task?.queue)?.[0];
      if (task && queue !== undefined) {
        // The keys of the queues are those of demoQueues.
        const worker = cast.people[demoQueues[queue as keyof typeof demoQueues].workers[0]];
        const acting = await actingAs(tx, worker, later());
        await move(acting, typeNamed(tx.registry, "request_task"), task.id, task.version, "finish", {});
      }
      tx = await step();
    }
    if (request.rating) await rate(await actingAs(tx, asker, later()), ticketId, request.rating);
  });
}

/** Asks for it with its answers; the ticket’s id. */
async function ask(tx: Tx, item: Stored, request: DemoRequest): Promise<string> {
  const asked = questionsOf(item).filter(({ onlyIf }) => onlyIf === null);
  const given = asked.map(({ label }, place) => ({
    question: label,
    answer: request.answers[place] ?? "Not answered",
  }));
  return (await makeRequest(tx, item, given)).id;
}

async function decide(tx: Tx, { id, version }: Waiting, decision: true | string): Promise<void> {
  const type = typeNamed(tx.registry, "approval");
  if (decision === true) await move(tx, type, id, version, "approve", {});
  else await move(tx, type, id, version, "decline", { reason: decision });
}

async function rate(tx: Tx, ticketId: string, [rating, ratingComment]: readonly [number, string]): Promise<void> {
  const type = typeNamed(tx.registry, "ticket");
  const ticket = await find(tx, type, ticketId);
  if (ticket.state !== "resolved") return;
  const rated = await move(tx, type, ticket.id, ticket.version, "rate", { rating, ratingComment });
  await move(tx, type, rated.id, rated.version, "close", {});
}

/** What of a request waits for somebody, the first first. */
async function waiting(tx: Tx, type: "approval" | "request_task", ticketId: string): Promise<Waiting[]> {
  const { rows } = await sql<Waiting>`select v.id, v.version, v.owner_id as owner,
      (select q.id from visible_queue q where q.organisation_id = v.organisation_id and q.team_id = v.team_id limit 1) as queue
    from ${sql.table(`visible_${type}`)} v where v.organisation_id = ${tx.actor.organisationId}::uuid and v.ticket = ${ticketId}::uuid
      and v.closed_at is null order by v.place, v.id limit 10`.execute(tx.db);
  return rows;
}
