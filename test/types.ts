/**
 * What a typing mistake in a definition is: a type error. Each line marked as expected must be one, and its word is what
 * the message names; types.test.ts runs the compiler on this file, and on a copy without the marks.
 */
import { can, defineRecord, field } from "../src/kernel/record.ts";
import type { ValuesOf } from "../src/kernel/record.ts";

const fields = {
  subject: field.text({ label: "Subject", is: "title", required: true }),
  received: field.date({ label: "Received" }),
  size: field.choice({ label: "Size", options: { small: "Small", large: "Large" } }),
  parts: field.lines({ label: "Parts", one: "Part", fields: { amount: field.money({ label: "Amount" }) } }),
} as const;
const states = { open: { label: "Open" }, shut: { label: "Shut", final: true } } as const;
const common = { name: "thing", label: { one: "Thing", many: "Things" }, reference: "THI-{000}", path: "things", fields, states, empty: "Things." } as const;
const list = { columns: ["reference", "subject", "owner", "due"], sort: "-received" } as const;
const load = () => Promise.resolve(() => null);

/** In order from beginning to end. */
const Thing = defineRecord({
  ...common,
  starts: "open",
  moves: { shut: { label: "Shut", from: ["open"], to: "shut", asks: ["received"], requires: ["received"], who: can("shut") } },
  clocks: { answer: { rule: "day", label: "Answer", day: "received", runsIn: ["open"] } },
  askedWhen: { received: { field: "size", is: ["large"] } },
  views: { list: { ...list, filters: ["size", "owner"] }, form: ["subject", "sensitivity"], questions: [{ field: "size", ask: "How large?" }] },
});

// @ts-expect-error "opne" is no state
defineRecord({ ...common, starts: "opne", moves: {}, views: { list } });

// @ts-expect-error "opened" is no state to come from
defineRecord({ ...common, starts: "open", moves: { shut: { label: "Shut", from: ["opened"], to: "shut" } }, views: { list } });

// @ts-expect-error "shutt" is no state to lead to
defineRecord({ ...common, starts: "open", moves: { shut: { label: "Shut", from: ["open"], to: "shutt" } }, views: { list } });

// @ts-expect-error "recieved" is no field to ask for
defineRecord({ ...common, starts: "open", moves: { shut: { label: "Shut", from: ["open"], asks: ["recieved"] } }, views: { list } });

// @ts-expect-error "recieved" is no field to require
defineRecord({ ...common, starts: "open", moves: { shut: { label: "Shut", from: ["open"], requires: ["recieved"] } }, views: { list } });

// @ts-expect-error "lable" is no part of a move
defineRecord({ ...common, starts: "open", moves: { shut: { lable: "Shut", from: ["open"] } }, views: { list } });

// @ts-expect-error "subjct" is no column
defineRecord({ ...common, starts: "open", moves: {}, views: { list: { columns: ["subjct"], sort: "due" } } });

// @ts-expect-error "-recieved" is nothing to sort by
defineRecord({ ...common, starts: "open", moves: {}, views: { list: { columns: ["subject"], sort: "-recieved" } } });

// @ts-expect-error "sise" is no field to narrow by
defineRecord({ ...common, starts: "open", moves: {}, views: { list: { ...list, filters: ["sise"] } } });

// @ts-expect-error "subjetc" is no field of the form
defineRecord({ ...common, starts: "open", moves: {}, views: { list, form: ["subjetc"] } });

// @ts-expect-error "subjetc" is no field of the page
defineRecord({ ...common, starts: "open", moves: {}, views: { list, page: ["subjetc"] } });

// @ts-expect-error "recieved" is no field that is asked for
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, askedWhen: { recieved: { field: "size", is: ["small"] } } });

// @ts-expect-error "sise" is no field that decides what is asked for
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, askedWhen: { received: { field: "sise", is: ["small"] } } });

// @ts-expect-error "smal" is no answer that decides it
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, askedWhen: { received: { field: "size", is: ["smal"] } } });

// @ts-expect-error "amuont" is no field of a line that is asked for
field.lines({ label: "Parts", one: "Part", fields: { spare: field.yesNo({ label: "Spare" }), amount: field.money({ label: "Amount" }) }, askedWhen: { amuont: { field: "spare", is: [true] } } });

// @ts-expect-error "spaer" is no field of a line that decides what is asked for
field.lines({ label: "Parts", one: "Part", fields: { spare: field.yesNo({ label: "Spare" }), amount: field.money({ label: "Amount" }) }, askedWhen: { amount: { field: "spaer", is: [true] } } });

// @ts-expect-error "subjet" is no field to ask a question for
defineRecord({ ...common, starts: "open", moves: {}, views: { list, questions: [{ field: "subjet", ask: "What is it?" }] } });

// @ts-expect-error "opne" is no state in which a clock runs
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, clocks: { answer: { rule: "day", label: "Answer", day: "received", runsIn: ["opne"] } } });

// @ts-expect-error "recieved" is no field that holds a day
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, clocks: { answer: { rule: "day", label: "Answer", day: "recieved", runsIn: ["open"] } } });

// @ts-expect-error "waiting" is no state in which a clock pauses
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, clocks: { a: { rule: "service-level", label: "A", pausesIn: ["waiting"], stopsIn: [], cancelsIn: [], reopens: false, targetedBy: [], load } } });

// @ts-expect-error "prioritty" is no field that decides a target
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, clocks: { a: { rule: "service-level", label: "A", pausesIn: [], stopsIn: [], cancelsIn: [], reopens: false, targetedBy: ["prioritty"], load } } });

// @ts-expect-error "sizes" is no field within which days may not overlap
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, dated: { by: ["sizes"] } });

// @ts-expect-error "subjct" is no field that a row filter can name
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, access: { read: () => ({ subjct: ["x"] }) } });

// @ts-expect-error "openOnyl" is no part of a list
defineRecord({ ...common, starts: "open", moves: {}, views: { list: { ...list, openOnyl: true } } });

// @ts-expect-error "refrence" is no part of a definition
defineRecord({ ...common, starts: "open", moves: {}, views: { list }, refrence: "THI-{000}" });

// @ts-expect-error "medium" is not among the options
field.choice({ label: "Size", options: { small: "Small", large: "Large" }, default: "medium" });

// @ts-expect-error "lagre" is no option to give a tone
field.choice({ label: "Size", options: { small: "Small", large: "Large" }, tones: { lagre: "bad" } });

// @ts-expect-error "badd" is no tone
field.choice({ label: "Size", options: { small: "Small" }, tones: { small: "badd" } });

// @ts-expect-error "requird" is no option of a text
field.text({ label: "Subject", requird: true });

// @ts-expect-error "titel" is no part of every record
field.text({ label: "Subject", is: "titel" });

// @ts-expect-error "txt" is no kind of field
field.txt({ label: "Subject" });

/** Values that code reads are typed as well. */
type Values = ValuesOf<typeof Thing>;

// @ts-expect-error "medium" is no size
export const size: Values["size"] = "medium";

// @ts-expect-error "subjct" is no value
export const subject = (values: Values) => values.subjct;

// @ts-expect-error "ammount" is no value of a line
export const amount = (values: Values) => values.parts?.[0]?.ammount;
