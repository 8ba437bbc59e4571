import { createHash, randomUUIDv7 } from "node:crypto";
import { sql } from "kysely";
import { mustBeAllowed } from "../../../kernel/access.ts";
import { Refusal } from "../../../kernel/errors.ts";
import { typeNamed } from "../../../kernel/registry.ts";
import type { Store, Tx } from "../../../kernel/transaction.ts";
import { cabinetOfficeCsv } from "./csv.ts";
import { bandOf, derive } from "./figures.ts";
import type { Tally } from "./figures.ts";
import { isSmall, otherAreas } from "./small-numbers.ts";
import type { Statistics } from "./statistics.ts";

/** Figures as they were published. Nobody can change them; later ones of the same period stand beside them. */
export interface PublishedStatistics {
  readonly period: string;
  readonly label: string;
  /** What is published, as JSON text: see `Published`. */
  readonly content: string;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
  readonly publishedAt: string;
}

/** What the content of published statistics says. Days are `yyyy-mm-dd`; shares are in 100. */
export interface Published {
  readonly body: string;
  readonly period: string;
  readonly label: string;
  readonly from: string;
  readonly to: string;
  readonly counts: Tally;
  readonly shares: ReturnType<typeof derive>;
  readonly band: ReturnType<typeof bandOf>;
  readonly quarters: readonly { readonly name: string; readonly counts: Tally }[];
  readonly areas: readonly {
    readonly area: string;
    readonly received: number;
    readonly inTime: number;
    readonly late: number;
  }[];
  readonly exemptions: readonly { readonly name: string; readonly many: number }[];
  /** The same in the columns of the Cabinet Office's file. */
  readonly csv: string;
}

/**
 * Publishes statistics: keeps them as they are now, for good. Refuses (forbidden) whoever may not, and (impossible) what does not
 * reconcile.
 */
export async function publishStatistics(tx: Tx, statistics: Statistics): Promise<PublishedStatistics> {
  const type = typeNamed(tx.registry, "information_request");
  for (const permission of ["change", "approve"]) mustBeAllowed(tx.actor, type, permission, "publish statistics");
  const wrong = statistics.checks.filter(({ holds }) => !holds);
  if (wrong.length > 0)
    throw new Refusal(
      "impossible",
      wrong.map(({ says, wrong: why }) => ({ message: `${says}: ${why}` })),
    );
  const content = JSON.stringify(contentOf(statistics, await bodyName(tx), type.fields["area"]!.options));
  const sha256 = createHash("sha256").update(content, "utf8").digest("hex");
  const { name: period, label, from, to } = statistics.period;
  const publishedAt = tx.now.toString({ smallestUnit: "millisecond" });
  await sql`insert into published_statistics (organisation_id, id, period, label, from_day, to_day, content, sha256, published_at, published_by)
    values (${tx.actor.organisationId}::uuid, ${randomUUIDv7()}::uuid, ${period}, ${label}, ${from}::date, ${to}::date, ${content}, ${sha256},
      ${publishedAt}::timestamptz, ${tx.actor.personId}::uuid)`.execute(tx.db);
  return { period, label, content, sha256, publishedAt };
}

/** The latest of what was published, the newest first, 60 at the most. */
export async function publishedOf(tx: Tx, period?: string): Promise<readonly PublishedStatistics[]> {
  const { rows } =
    await sql<PublishedStatistics>`select period, label, content, sha256, published_at as "publishedAt" from published_statistics
    where organisation_id = ${tx.actor.organisationId}::uuid ${period === undefined ? sql`` : sql`and period = ${period}`}
    order by published_at desc, id desc limit 60`.execute(tx.db);
  return rows;
}

/** The newest of each period that an organisation published, and when that was published first, before anybody is known: for pages without sign-in. */
export async function statisticsForThePublic(
  store: Pick<Store, "pool">,
  organisationId: string,
): Promise<readonly (PublishedStatistics & { readonly firstPublishedAt: string })[]> {
  const { rows } = await store.pool.query<PublishedStatistics & { readonly firstPublishedAt: string }>(
    `select period, label, content, sha256, published_at as "publishedAt", first_published_at as "firstPublishedAt" from reeve.statistics_for_the_public($1::uuid)`,
    [organisationId],
  );
  return rows;
}

/** What the body is called, in the file and in what is published. */
export async function bodyName(tx: Tx): Promise<string> {
  const row = await tx.db
    .selectFrom("organisations")
    .select("name")
    .where("id", "=", tx.actor.organisationId)
    .executeTakeFirstOrThrow();
  return row.name;
}

function contentOf(statistics: Statistics, body: string, area: object): Published {
  const { period, tally, quarters, areas, exemptions } = statistics;
  const labels = "options" in area ? (area.options as Readonly<Record<string, string>>) : {}; // the field is a choice
  const counts = countsOf(tally);
  const shares = derive(tally);
  const told = areas.filter(({ area: name, of }) => name !== null && !isSmall(of("received")));
  const small = areas.filter((one) => !told.includes(one));
  const figuresOf = (some: typeof areas, name: string) => {
    const sum = (figure: "received" | "inTime" | "extended" | "late") =>
      some.reduce((all, one) => all + one.of(figure), 0);
    return { area: name, received: sum("received"), inTime: sum("inTime") + sum("extended"), late: sum("late") };
  };
  return {
    body,
    period: period.name,
    label: period.label,
    from: period.from,
    to: period.to,
    counts,
    shares,
    band: bandOf(shares.withExtensionShare),
    quarters: quarters.map((one) => ({ name: one.name, counts: countsOf(one.tally) })),
    areas: [
      ...told.map((one) => figuresOf([one], labels[one.area ?? ""] ?? one.area ?? "")),
      ...(small.length > 0 ? [figuresOf(small, otherAreas)] : []),
    ],
    exemptions,
    csv: cabinetOfficeCsv([{ period: period.column, body, tally }]),
  };
}

function countsOf(tally: Tally): Tally {
  return Object.fromEntries(Object.entries(tally).filter(([, value]) => value !== null));
}
