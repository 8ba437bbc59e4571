import { field } from "../../../kernel/record.ts";

/** What every kind of case holds of how it came and to whom the answer goes. */
export const receipt = {
  receivedOn: field.date({
    label: "Received on",
    hint: "The day it reached the council, also when nobody was at work",
    required: true,
  }),
  receivedBy: field.choice({
    label: "Received by",
    options: { form: "Form", email: "E-mail", letter: "Letter", spoken: "Spoken", social: "Social media" },
    default: "email",
  }),
  acknowledgedOn: field.date({ label: "Acknowledged on", askedByMoveOnly: true }),
  applicant: field.text({ label: "Name they gave", personal: true, max: 200 }),
  replyTo: field.text({
    label: "Address for the answer",
    hint: "E-mail or post, as they gave it",
    personal: true,
    max: 300,
  }),
} as const;

/** Why it is late, asked while people still know. */
export const lateBecause = field.text({ label: "Why it is late", internal: true, askedByMoveOnly: true, max: 500 });

/** On which day it was asked for by itself, so that it is once. */
export const lateAskedOn = field.date({ label: "Asked why it is late on", internal: true, readOnly: true });

/** What a case is called where others may read it. */
export const subject = field.text({
  label: "Subject",
  is: "title",
  required: true,
  max: 120,
  hint: "What it is about, without naming anybody",
});

/** The letter of the agreed text that was sent, for those who see the case and not the text. */
export const sentLetter = field.file({ label: "Letter", readOnly: true });

/** When Reeve asked that it be split into questions, once. */
export const splitAskedOn = field.date({ label: "Asked to split it on", internal: true, readOnly: true });
