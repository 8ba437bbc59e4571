import { sql } from "kysely";
import type pg from "pg";
import { keepFollower } from "../kernel/outside/follower.ts";
import { hashOfKey, newKey, sealKey } from "../kernel/outside/key.ts";
import { typeNamed } from "../kernel/registry.ts";
import type { Registry } from "../kernel/registry.ts";
import { dayOf } from "../kernel/store/as-of.ts";
import { comment, say } from "../kernel/store/comment.ts";
import { create, insertRecord } from "../kernel/store/create.ts";
import { find } from "../kernel/store/find.ts";
import { list } from "../kernel/store/list.ts";
import { move } from "../kernel/store/move.ts";
import type { Values } from "../kernel/store/values.ts";
import { asSystem } from "../kernel/transaction.ts";
import type { Stored, Tx } from "../kernel/transaction.ts";
import { followPath } from "../modules/rights/public/front.ts";
import { actingAs } from "./demo-cast.ts";
import type { Cast } from "./demo-cast.ts";

interface DemoPublicationParts {
  readonly ownerPool: pg.Pool;
  readonly registry: Registry;
  readonly organisationId: string;
  readonly now: Temporal.Instant;
}

/** An answer of the log: so many days ago, with the request of that subject where there is one. */
type DemoAnswer = readonly [
  daysAgo: number,
  title: string,
  topic: string,
  decision: string,
  question: string,
  answer: string,
];

const answers: readonly DemoAnswer[] = [
  [
    410,
    "Overdue library books",
    "other",
    "granted",
    "How many library books were more than a year overdue, and what did they cost?",
    "1,204 books, bought for £11,876 in all. 310 came back after the amnesty of May.",
  ],
  [
    352,
    "Empty council homes",
    "housing",
    "granted",
    "How many council homes stood empty for more than six months, and why?",
    "23 homes: 14 waited for repairs, 6 for asbestos to be taken out, 3 were to be sold.",
  ],
  [
    301,
    "Gritting of cycle paths",
    "roads",
    "granted",
    "Which cycle paths are gritted in winter, and in which order?",
    "The Mill Lane and Canal paths are gritted with the first round, all others when snow lies for a day. The map is on our website.",
  ],
  [
    260,
    "Laptops lost or stolen",
    "digital",
    "granted",
    "How many laptops were lost or stolen in each of the last three years, and were they encrypted?",
    "2023: 9. 2024: 6. 2025: 7. All were encrypted. 4 were found again.",
  ],
  [
    214,
    "Fines for fly-tipping",
    "environment",
    "granted",
    "How many fixed penalties for fly-tipping were given, and how many were paid?",
    "188 were given in the year and 141 paid. 22 went to court.",
  ],
  [
    171,
    "Sickness absence in waste services",
    "people",
    "part",
    "Days lost to sickness in waste services by month and reason.",
    "The days by month are 112, 98, 101, 87, 90 and 76. Reasons are withheld where fewer than five people are behind a figure (section 40(2) of the Freedom of Information Act): they could be known by it.",
  ],
  [
    74,
    "Spending on printers since 2023",
    "money",
    "granted",
    "What was spent on printers and on printing in each year since 2023?",
    "£41,200 in 2023, £38,900 in 2024 and £29,450 in 2025, paper included.",
  ],
  [
    55,
    "Trees felled in Eastgate Park",
    "environment",
    "granted",
    "Which trees were felled this spring, and why?",
    "Seven limes with root decay. They are replaced by limes and field maples this winter.",
  ],
  [
    49,
    "E-mails about the leisure centre",
    "other",
    "refused",
    "All e-mails of all staff that mention the leisure centre, since 2015.",
    "Finding and reading these would take about 61 hours, which is over the limit of the law (section 12). We offered to answer for one team and one year.",
  ],
  [
    43,
    "Body cameras of wardens",
    "digital",
    "not_held",
    "How many body cameras does the council own?",
    "The council owns none. Wardens are employed by the county.",
  ],
  [
    24,
    "Parking fines cancelled on appeal",
    "roads",
    "granted",
    "How many parking fines were cancelled on appeal in each month of last year?",
    "412 in the year: between 28 and 41 a month.",
  ],
];

type DemoEntry = readonly [schemeClass: string, title: string, about: string, path: string];

const entries: readonly DemoEntry[] = [
  ["who", "Who is who", "Structure of the council, senior officers and how to reach them", "who-is-who"],
  ["who", "Councillors and wards", "Who speaks for your ward, and what they declared", "councillors"],
  ["spend", "Payments over £500", "Every payment, each month, as a file", "payments"],
  ["spend", "Contracts register", "Contracts over £5,000: what, with whom, until when", "contracts"],
  ["priorities", "Council plan 2025 to 2029", "What we want to reach, and how far we are", "council-plan"],
  ["decisions", "Meetings and minutes", "Agendas, papers and minutes of council and committees", "meetings"],
  ["policies", "Policies and procedures", "How we do things, from complaints to data protection", "policies"],
  ["lists", "Asset register", "Land and buildings that the council owns", "assets"],
  ["services", "Services from A to Z", "What we offer and what it costs", "a-to-z"],
];

/** The address under which the demonstration's own request is followed. */
const demoKey = "a-secret-address-of-the-demo-001";

/** What the public reads and sends: published answers, the scheme, a request that is followed, and one that is held. */
export async function makePublications(cast: Cast, options: DemoPublicationParts): Promise<void> {
  const { now } = options;
  const officer = cast.people["policy-manager"];
  const ago = (days: number) => now.subtract({ hours: Math.round(days * 24) });
  const as = <Result>(days: number, work: (tx: Tx) => Promise<Result>) =>
    asSystem({ ...options, now: ago(days) }, async (tx) => work(await actingAs(tx, officer, ago(days))));
  const publish = (tx: Tx, days: number, values: Values) =>
    create(
      tx,
      typeNamed(tx.registry, "publication"),
      { owner: officer.id, publishedOn: dayOf(ago(days)), ...values },
      { trusted: true, state: "published" },
    );
  const requests = await as(0, answeredRequests);
  for (const [days, title, topic, decision, question, answer] of answers) {
    const request = requests.get(title);
    await as(days - 2, (tx) =>
      publish(tx, days - 2, {
        kind: "answer",
        title,
        topic,
        decision,
        question,
        answer,
        answeredOn: dayOf(ago(days)),
        ...(request ? { request } : {}),
      }),
    );
  }
  const wrong = await as(190, (tx) =>
    publish(tx, 190, {
      kind: "answer",
      title: "Visits to the recycling centre",
      topic: "environment",
      decision: "granted",
      question: "How many cars came on each weekday?",
      answer: "Mondays 410, Saturdays 1,130.",
      answeredOn: dayOf(ago(192)),
    }),
  );
  await as(180, (tx) =>
    move(tx, typeNamed(tx.registry, "publication"), wrong.id, "any", "withdraw", {
      withdrawnBecause: "The counter had failed on two days of the week. We count anew this spring.",
    }),
  );
  for (const [schemeClass, title, about, path] of entries)
    await as(320, (tx) =>
      publish(tx, 320, {
        kind: "scheme",
        schemeClass,
        title,
        about,
        address: `https://www.aldermoor.example/${path}`,
        reviewOn: dayOf(ago(-45)),
      }),
    );
  await as(2, (tx) =>
    create(
      tx,
      typeNamed(tx.registry, "publication"),
      {
        kind: "answer",
        title: "Order of laptops",
        topic: "money",
        question: "A copy of the contract for laptops, with the price of each model.",
        answer: "The order is attached. Questions to sales@priory.example or 01632 960 204.",
        decision: "part",
        findings: "- In the text: one e-mail address\n- In the text: one phone number",
        owner: officer.id,
      },
      { trusted: true },
    ),
  );
  await makeAsked(options, as);
}

async function answeredRequests(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const { items } = await list(tx, typeNamed(tx.registry, "information_request"), { limit: 200 });
  return new Map(items.map(({ title, id }: Stored) => [title, id]));
}

/** A request that came by the form and is followed, one that is held, how the public reaches the council, and what was suggested. */
async function makeAsked(
  options: DemoPublicationParts,
  as: <Result>(days: number, work: (tx: Tx) => Promise<Result>) => Promise<Result>,
): Promise<void> {
  const { organisationId, now } = options;
  const product = <Result>(days: number, work: (tx: Tx) => Promise<Result>) =>
    asSystem({ ...options, now: now.subtract({ hours: days * 24 }) }, work);
  // A demonstration sends no mail, so nobody needs to open what is sealed here.
  const secret = newKey();
  const id = await product(9, async (tx) => {
    const made = await insertRecord(
      tx,
      typeNamed(tx.registry, "information_request"),
      {
        subject: "Opening hours of public toilets",
        question: "Which public toilets are open, when, and what does cleaning each cost in a year?",
        receivedOn: dayOf(tx.now),
        receivedBy: "form",
        applicant: "Ottoline Brandt",
        replyTo: "o.brandt@example.org",
      },
      { trusted: true },
    );
    await keepFollower(tx, made.id, { key: demoKey, email: "o.brandt@example.org" }, secret);
    return made.id;
  });
  const requestOf = (tx: Tx) => find(tx, typeNamed(tx.registry, "information_request"), id);
  await as(7, async (tx) => {
    const { type } = await requestOf(tx);
    const words = "Do you mean the toilets in parks as well, which open in summer only?";
    await move(tx, typeNamed(tx.registry, type), id, "any", "clarify", { askedOn: dayOf(tx.now), comment: words });
  });
  await product(6, async (tx) => {
    const request = await requestOf(tx);
    const by = { name: "The person who asked", personId: null };
    await say(tx, typeNamed(tx.registry, request.type), request, {
      text: "Yes please, those too.",
      audience: "everyone",
      by,
    });
  });
  await as(6, async (tx) => {
    const type = typeNamed(tx.registry, "information_request");
    await move(tx, type, id, "any", "clarified", { clarifiedOn: dayOf(tx.now) });
    const text = `This came by the public form. In the demonstration it is followed at ${followPath(demoKey)}`;
    await comment(tx, type, id, { text, audience: "internal" });
  });
  await product(0, async (tx) => {
    const values = {
      subject: "Best prices",
      question: "See www.one.example www.two.example www.three.example www.four.example for the best prices.",
      regime: "foi",
      applicant: "Best Prices",
      replyTo: "offers@one.example",
    };
    const key = newKey();
    await sql`insert into held_submissions (organisation_id, type, said, doubts, key_sha256, key_sealed)
      values (${organisationId}::uuid, 'information_request', ${JSON.stringify({ values, email: "offers@one.example" })}::jsonb,
        ${["It holds 4 web addresses"]}::text[], ${hashOfKey(key)}, ${sealKey(secret, key)})`.execute(tx.db);
    await sql`insert into public_contacts (organisation_id, email, phone, address) values (${organisationId}::uuid, 'foi@aldermoor.example',
      '01632 960 100', 'Information rights, Town Hall, Aldermoor AL1 2BX') on conflict do nothing`.execute(tx.db);
    const { rows } = await sql<{
      references: string[];
    }>`select array_agg(reference order by reference) as references from records
      where organisation_id = ${organisationId}::uuid and type = 'publication' and state = 'published'`.execute(tx.db);
    const references = rows[0]?.references ?? [];
    const counted = [
      ["shown", 8],
      ["shown", 8],
      ["shown", 8],
      ["opened", 5],
      ["opened", 3],
      ["enough", 3],
      ["asked", 4],
    ] as const;
    for (const [deed, many] of counted)
      await sql`select note_suggested(${organisationId}::uuid, ${deed}, ${references.slice(0, many)}::text[])`.execute(
        tx.db,
      );
  });
}
