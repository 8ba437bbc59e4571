import assert from "node:assert/strict";
import { typeNamed } from "../../src/kernel/registry.ts";
import { create } from "../../src/kernel/store/create.ts";
import { writeLetters } from "../../src/modules/rights/letter/make-letters.ts";
import { apiClient } from "../api-world.ts";
import type { ApiClient } from "../api-world.ts";
import { extract } from "../redacted-pdf.ts";
import { temporaryFolder } from "../running.ts";
import { createWebWorld, words } from "../web-world.ts";
import type { Browser, WebWorld } from "../web-world.ts";

/** A council that answers requests: an officer, two teams, and those who sign. */
export interface AnsweringStage {
  readonly world: WebWorld;
  readonly folder: string;
  readonly officer: Browser;
  /** The officer by a program. */
  readonly program: ApiClient;
  readonly highways: Browser;
  readonly finance: Browser;
  readonly legal: Browser;
  readonly director: Browser;
  readonly teams: readonly string[];
  end(): Promise<void>;
}

/** Makes it. */
export async function beginAnswering(): Promise<AnsweringStage> {
  const folder = await temporaryFolder();
  const world = await createWebWorld({ filesFolder: folder.path });
  const officer = await world.as(await world.person("Nia Rowe", "policyManager"));
  const [highways, finance, legal, director] = await Promise.all([
    world.as(await world.person("Hal Way", "staff")),
    world.as(await world.person("Finn Ance", "staff")),
    world.as(await world.person("Quinn Law", "answerApprover")),
    world.as(await world.person("Di Rector", "assistantDirector")),
  ]);
  const teams = await world.system(async (tx) => {
    const made = [];
    for (const [name, lead] of [
      ["Highways", highways],
      ["Finance", finance],
    ] as const) {
      const members = [{ member: lead.who!.personId, lead: true }];
      made.push((await create(tx, typeNamed(tx.registry, "team"), { name, members }, { trusted: true })).id);
    }
    await create(tx, typeNamed(tx.registry, "answering_plan"), {
      name: "Requests",
      caseType: "information_request",
      reviewAddress: "foi@aldermoor.gov.uk",
      signers: [
        { role: "Legal", person: legal.who!.personId, signsWhen: "withheld" },
        { role: "Assistant director", person: director.who!.personId, signsWhen: "always" },
      ],
    });
    return made;
  });
  return {
    world,
    folder: folder.path,
    officer,
    program: await apiClient(world, officer.who!, ["admin"]),
    highways,
    finance,
    legal,
    director,
    teams,
    end: async () => {
      await world.close();
      await folder.remove();
    },
  };
}

/** The controls of a day that was so many days ago. */
export function dayControls(name: string, daysAgo: number): Record<string, string> {
  const { day, month, year } = Temporal.Now.plainDateISO("Europe/London").subtract({ days: daysAgo });
  return { [`${name}-day`]: String(day), [`${name}-month`]: String(month), [`${name}-year`]: String(year) };
}

/** Sends a form and gives where it leads; what is wrong is said where it is refused. */
export async function sends(
  browser: Browser,
  path: string,
  form: Record<string, string | readonly string[] | File>,
  from = path,
): Promise<string> {
  const answer = await browser.post(path, form, { from });
  assert.equal(answer.statusCode, 303, `${path}: ${words(answer)}`);
  return String(answer.headers.location);
}

/** Makes a move by its form. */
export function moves(browser: Browser, at: string, name: string, form: Record<string, string> = {}): Promise<string> {
  return sends(browser, `${at}/moves/${name}`, form, `${at}/moves/${name}`);
}

/** Puts two questions of a request to the two teams, who do not learn who asked (`asker`, a name). Gives the pages of the questions. */
export async function asksTeams(
  { officer, highways, teams }: AnsweringStage,
  request: string,
  { titles, subject, asker }: { readonly titles: readonly string[]; readonly subject: string; readonly asker: RegExp },
): Promise<string[]> {
  const reference = request.split("/").at(-1)!;
  const questions: string[] = [];
  for (const [at, title] of titles.entries()) {
    const form = `/case-questions/new?request=${reference}`;
    assert.match((await officer.get(form)).body, new RegExp(`selected>${subject}`));
    questions.push(
      await sends(officer, "/case-questions/new", { request: reference, title, details: "Since January." }, form),
    );
    await moves(officer, questions[at]!, "give", { team: teams[at]! });
  }
  const seen = await highways.get(questions[0]!);
  assert.match(words(seen), /Your answer.*Do we hold it\?.*Send the answer/);
  assert.doesNotMatch(seen.body, asker);
  assert.equal((await highways.get(request)).statusCode, 404);
  assert.equal((await highways.get(questions[1]!)).statusCode, 404);
  return questions;
}

/** Goes through the tests of section 43 for the price of each repair. */
export async function withholdsPrices({ officer }: AnsweringStage, text: string): Promise<void> {
  assert.match(
    words(await officer.get(`${text}/withhold?section=s43`)),
    /Which part of it.*Do we say whether we hold it/,
  );
  const bench = `${text}/withhold?section=s43&limb=s43_2&duty=say`;
  assert.match(
    words(await officer.get(bench)),
    /Test 1: Whose commercial interests.*How likely is the harm.*For giving it out/,
  );
  await sends(
    officer,
    `${text}/withhold`,
    {
      section: "s43",
      limb: "s43_2",
      duty: "say",
      what: "The price of each repair",
      why: "The contractor bids for the same work next month.",
      likelihood: "likely",
      harm: "Others would bid just below it.",
      favour: "It is public money.",
      against: "The council would pay more.",
      balance: "The total is given, so the balance lies in withholding the single prices.",
    },
    bench,
  );
  assert.match(words(await officer.get(text)), /Exemption workbench.*s43\(2\): commercial interests.*Complete/);
}

/** Has the letters of agreed texts made, once, and gives the PDF of this one with its words. */
export async function makesLetter(
  { world, folder, officer }: AnsweringStage,
  text: string,
): Promise<{ readonly pdf: Buffer; readonly words: string }> {
  assert.equal(await writeLetters({ ...world, filesFolder: folder }), 1);
  assert.equal(await writeLetters({ ...world, filesFolder: folder }), 0);
  const letter = /href="(\/files\/[^"]+)"[^>]*>FOI-[\d-]+\.pdf/.exec((await officer.get(text)).body)?.[1];
  const pdf = (await officer.get(letter ?? assert.fail("no letter"))).rawPayload;
  return { pdf, words: (await extract(pdf)).texts.join(" ").replaceAll(/\s+/g, " ") };
}

/** What the law wants said where something is withheld in part under section 43. */
export const partsOfRefusal = [
  /section 43\(2\) of the Freedom of Information Act 2000/,
  /We weighed the public interest/,
  /internal review within 40 working days.*foi@aldermoor\.gov\.uk/s,
  /Information Commissioner/,
] as const;
