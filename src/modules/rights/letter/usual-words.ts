import type { Law } from "../answering/case-kinds.ts";

const acts: Readonly<Record<Exclude<Law, "none">, string>> = {
  foi: "the Freedom of Information Act 2000",
  eir: "the Environmental Information Regulations 2004",
  reuse: "the Re-use of Public Sector Information Regulations 2015",
  data: "the UK General Data Protection Regulation and the Data Protection Act 2018",
};

/** How a letter begins where no template says otherwise. */
export function usualOpening(received: string | null, law: Law): string {
  if (law === "none")
    return `Thank you for your question${received === null ? "" : `, which we received on ${received}`}.`;
  return `Thank you for your request${received === null ? "" : `, which we received on ${received}`}. We have dealt with it under ${acts[law]}.`;
}

/** How it ends. */
export const usualClosing = "Yours faithfully";

/** The Commissioner’s helpline. */
export const commissionerTelephone = "0303 123 1113";
/** The Commissioner’s address. FOIA 2000 s17(7)(b), EIR 2004 reg 14(5). */
const commissioner = `the Information Commissioner’s Office, Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF, telephone ${commissionerTelephone}, ico.org.uk`;

/** By what the Act's section 50 holds under other laws: EIR 2004 reg 18; SI 2015/1415 reg 18. */
const section50As: Readonly<Record<Exclude<Law, "data" | "none">, string>> = {
  foi: "",
  eir: " as regulation 18 applies it",
  reuse: " as regulation 18 of the Re-use of Public Sector Information Regulations 2015 applies it",
};

/** How to ask for a review and whom to complain to: the last parts that a refusal must have. FOIA s17(7); s45 Code 5.3; EIR regs 11 and 14(5). */
export function usualReview(
  law: Exclude<Law, "data" | "none">,
  { reviewAddress, isReview }: { readonly reviewAddress: string | null; readonly isReview: boolean },
): string {
  const complain = `you can complain to the Information Commissioner under section 50 of the Freedom of Information Act 2000${section50As[law]}: ${commissioner}.`;
  if (isReview) return `This was an internal review. If you are still not content, ${complain}`;
  if (law === "reuse") return complaintOfReuse(reviewAddress, complain);
  const where =
    reviewAddress === null ? "Write to us at the address that this letter came from" : `Write to ${reviewAddress}`;
  return `You can ask us for an internal review within 40 working days of this letter. ${where}, give our reference and say what you are not content with. Somebody who did not decide on your request looks at it again, as a rule within 20 working days.\n\nIf you are not content with the review, ${complain}`;
}

/** The Regulations on re-use know an internal complaint instead of a review: SI 2015/1415 regs 9, 17 and 18. */
function complaintOfReuse(address: string | null, complain: string): string {
  const where = address === null ? "Write to us at the address that this letter came from" : `Write to ${address}`;
  return `You can complain to us about this decision, under regulation 17 of the Re-use of Public Sector Information Regulations 2015. ${where}, give our reference and say what you are not content with. We decide on your complaint within a reasonable time, and tell you in writing what we decide and why.\n\nIf you are not content with that, ${complain}`;
}

/** What somebody who asked for their own data is to be told beside it. UK GDPR art 15(1)(a) to (h) and (2). */
export const besideOwnData =
  "You are also entitled to know why we use data about you, which kinds of it we hold, who receives it, how long we keep it, where we got it if not from you, whether anything is decided by machines alone, and how it is protected where it leaves the country. What is not said above stands in our privacy notices. Ask us, and we tell you in a letter. You can ask us to put your data right, to erase it or to use less of it, and you can object to how we use it.";

/** How a member goes on who is not content: no law gives a review of what they are told. */
export const afterAMembersAnswer = "If this does not answer your question, answer this letter and give our reference.";
