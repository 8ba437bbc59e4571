import { dataExemptions } from "../cases/data-exemptions.ts";
import type { SectionTest } from "./sections.ts";

type DataSection = keyof typeof dataExemptions;

const right = (cited: string, ...tests: readonly string[]): SectionTest => ({
  law: "data",
  kind: "limit",
  cited: `${cited} of the UK GDPR`,
  tests,
});
const act = (cited: string, ...tests: readonly string[]): SectionTest => ({
  law: "data",
  kind: "absolute",
  cited: `${cited} to the Data Protection Act 2018`,
  tests,
});
const part2 = (paragraph: string, ...tests: readonly string[]) => act(`paragraph ${paragraph} of Schedule 2`, ...tests);

/**
 * What must be shown before somebody’s own data is withheld, or a right is not given effect: UK GDPR arts 12 and 15 to 21;
 * DPA 2018 schs 2 to 4. None of them is weighed against the public interest.
 */
export const dataTests: Readonly<Record<DataSection, SectionTest>> = {
  unfounded: right(
    "article 12(5)",
    "Is it clearly no use of the right, such as one meant to harass? Say what shows it",
  ),
  excessive: right(
    "article 12(5)",
    "Is the request itself out of proportion to what it would take, or does it repeat one that was just answered?",
    "Could they narrow it instead, or a reasonable fee be asked?",
  ),
  identity: right("article 12(6)", "Was proof of identity asked for, and is there a real doubt who asks?"),
  no_authority: right("article 15", "Did you ask for proof that they may act for this person?"),
  art17_3: right("article 17(3)", "Which of its grounds holds: a legal duty, the public interest, or legal claims?"),
  art18: right("article 18", "Which of the grounds of article 18(1) do they rely on, and why is it not met?"),
  art20: right("article 20", "Do we hold it neither by consent nor for a contract with them?"),
  art21: right("article 21", "What are our compelling grounds, and why do they outweigh this person’s interests?"),
  accurate: right("article 16", "What shows that it is accurate and complete? Offer to add what they say to it"),
  crime: part2(
    "2",
    "Would giving them this be likely to prejudice crime prevention, prosecution or the assessment of a tax?",
  ),
  proceedings: part2("5", "Which law, or which proceedings, need it to be withheld?"),
  others: part2(
    "16",
    "Does it say something about somebody else who can be told from it?",
    "Have they agreed? If not, is it reasonable to give it without that, all things considered?",
    "Can it be given with their details taken out?",
  ),
  privilege: part2("19", "Is it legal advice, or made for proceedings, and still confidential?"),
  management: part2("22", "Would it be likely to prejudice the conduct of the business that is planned?"),
  negotiations: part2("23", "Does it record our intentions in a negotiation with them that still goes on?"),
  references: part2("24", "Is it a reference given in confidence, for work, training or a service?"),
  health: act("Schedule 3, Part 2", "Did a health professional say that it would be likely to do serious harm?"),
  social: act("Schedule 3, Part 3", "Would it be likely to prejudice social work by harming somebody seriously?"),
  education: act("Schedule 3, Part 4", "Would it be likely to cause serious harm to somebody’s health?"),
  abuse: act("Schedule 3, Part 5", "Is it child abuse data, and not in the interests of the child to give it?"),
  other_law: act(
    "Schedule 4",
    "Which law forbids it: adoption, special needs, parental orders or human fertilisation?",
  ),
};
