import { typeNamed } from "../kernel/registry.ts";
import { change } from "../kernel/store/change.ts";
import { create } from "../kernel/store/create.ts";
import { list } from "../kernel/store/list.ts";
import type { Stored } from "../kernel/transaction.ts";
import type { Cast, Player } from "./demo-cast.ts";
import type { Pen } from "./demo-year.ts";

/** How members’ questions and data protection requests are answered, and how far some of them have come: by their subjects. */
export async function answerCases(pen: Pen, cast: Cast, made: ReadonlyMap<string, Stored>): Promise<void> {
  const { people, staff } = cast;
  const officer = people["policy-manager"];
  const tx = await pen.at(officer, 0);
  const { items: all } = await list(tx, typeNamed(tx.registry, "team"), { limit: 100 });
  const team = (name: string) => all.find(({ title }) => title === name)?.id ?? null;
  const person = (name: string): Player =>
    [...staff, ...Object.values(people)].find((one) => one.name === name) ?? officer;
  await makePlans(pen, cast);

  const housing = made.get("Housing file, asked by a solicitor");
  if (housing) await answerForSolicitor(pen, cast, housing);

  const wifi = made.get("Broadband in community centres");
  if (wifi) {
    const ask = askOf(pen, officer, { enquiry: wifi.id });
    const free = await ask(4, "Which community centres have free Wi-Fi today?", team("Housing"));
    await pen.go(person("Joe Price"), 2, free, "answer", {
      held: "yes",
      answer: "Seven of eleven: Eastgate, Millbrook, Northfield, Quayside, St Mary’s, Station Road and Weir Lane.",
      spent: 25,
    });
    await ask(4, "What would Wi-Fi in the other centres cost in a year?", team("Finance"));
    await ask(3, "Do parish councils run any of the centres?", null);
  }

  const badge = made.get("Waiting time for a blue badge");
  if (badge) {
    await change(await pen.at(officer, 7), typeNamed(tx.registry, badge.type), badge.id, "any", {
      team: team("Social care"),
    });
    const asked = await askOf(pen, officer, { enquiry: badge.id })(
      7,
      "How long do people wait for a blue badge, and why?",
      team("Social care"),
    );
    await pen.go(person("Maria Santos"), 5, asked, "answer", {
      held: "yes",
      answer: "Nine weeks on average, for want of an assessor. Two begin next month. This one is decided this week.",
    });
    const text = await pen.make(officer, 4, "agreed_text", { enquiry: badge.id, title: badge.title });
    await pen.go(officer, 4, text, "assemble");
    await pen.go(officer, 1, text, "submit");
  }

  const file = made.get("My file since I joined");
  if (file) {
    const ask = askOf(pen, officer, { dataRequest: file.id });
    // Who sees a question of a restricted case is the one person that it is put to.
    await ask(9, "Was staff number 20417 in the pay review of 2023, and with what outcome?", team("Finance"), {
      owner: person("Daniel Achebe").id,
    });
  }
}

/** Part of a housing file is given: by a text, as the letter must say why not all, and how to complain. */
async function answerForSolicitor(pen: Pen, { people }: Cast, request: Stored): Promise<void> {
  const officer = people["policy-manager"];
  const text = await pen.make(officer, 70, "agreed_text", {
    dataRequest: request.id,
    title: request.title,
    outcome: "part",
    sections: [
      {
        heading: "The housing file",
        text: "The file of 412 pages goes to you by courier, with a list of what is left out.",
      },
    ],
    withheld: [
      { section: "others", what: "Words about neighbours", why: "They spoke to us in confidence, and did not agree." },
      { section: "privilege", what: "What our lawyers advised", why: "It was asked for in proceedings, and is kept." },
    ],
  });
  await pen.go(officer, 68, text, "submit");
  await pen.go(people["assistant-director"], 65, text, "sign");
  await pen.go(officer, 62, request, "answer", { decision: "part" });
}

function askOf(pen: Pen, officer: Player, of: Readonly<Record<string, string>>) {
  return async (daysAgo: number, title: string, team: string | null, more: Readonly<Record<string, string>> = {}) => {
    const question = await pen.make(officer, daysAgo, "case_question", { ...of, title });
    if (team !== null) await pen.go(officer, daysAgo, question, "give", { team, ...more });
    return question;
  };
}

async function makePlans(pen: Pen, { people }: Cast): Promise<void> {
  const tx = await pen.at(people["policy-manager"], 200);
  const type = typeNamed(tx.registry, "answering_plan");
  for (const values of [
    {
      name: "How members are answered",
      caseType: "members_question",
      signers: [{ role: "Head of service", signsWhen: "always" }],
    },
    {
      name: "How requests for one’s own data are answered",
      caseType: "data_protection_request",
      signers: [{ role: "Assistant director", person: people["assistant-director"].id, signsWhen: "withheld" }],
    },
  ])
    await create(tx, type, values, { trusted: true });
}
