/** After an @ in a comment, people whose names begin so, to choose by arrow keys or the pointer. The focus stays in the
 * text, and the choice is named by aria-activedescendant. Without it the whole name is typed. */
import { say } from "./say.js";

const begun = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}][\p{L}\p{N}'’.-]*(?: [\p{L}\p{N}'’.-]*){0,2})$/u;
const shownMax = 6;

let list = null;
let chosen = 0;
let waiting;
let asking = null;

/** What was typed after the last @ before the caret; null where there is none, or less than two letters. */
function typedIn(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const typed = begun.exec(field.value.slice(0, field.selectionStart))?.[1];
  return typed !== undefined && typed.length > 1 ? typed : null;
}

function close() {
  asking?.abort();
  clearTimeout(waiting);
  const field = list?.previousElementSibling;
  for (const name of ["aria-controls", "aria-activedescendant"]) field?.removeAttribute(name);
  list?.remove();
  list = null;
}

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-mentions]");
  if (!field) return;
  clearTimeout(waiting);
  const typed = typedIn(field);
  if (typed === null) close();
  else waiting = setTimeout(() => void ask(field, typed), 150);
});

async function ask(field, typed) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const address = `${field.dataset.mentions}?q=${encodeURIComponent(typed)}`;
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { accept: "application/json" } });
    const people = answer.ok ? (await answer.json()).slice(0, shownMax) : [];
    if (mine.signal.aborted || typedIn(field) !== typed) return;
    show(field, people);
  } catch {
    // No suggestions: the whole name is typed.
  }
}

function show(field, people) {
  const before = list?.childElementCount ?? 0;
  close();
  if (people.length === 0) return;
  list = document.createElement("ul");
  list.id = `${field.id}-people`;
  list.className = "r-mentions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  for (const [at, { label, value }] of people.entries()) {
    const option = document.createElement("li");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.dataset.name = label;
    option.textContent = label;
    const reference = document.createElement("span");
    reference.className = "r-note";
    reference.textContent = ` ${value.split(" ")[0]}`;
    option.append(reference);
    list.append(option);
  }
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  point(field, 0);
  if (before !== people.length)
    say(`${people.length} ${people.length === 1 ? "person" : "people"}: arrow keys to choose, Enter to take`);
}

function point(field, at) {
  chosen = at;
  for (const [place, option] of [...list.children].entries())
    option.setAttribute("aria-selected", String(place === at));
  field.setAttribute("aria-activedescendant", list.children[at].id);
}

/** Puts the whole name in the place of what was typed. */
function take(field, name) {
  const typed = typedIn(field) ?? "";
  const caret = field.selectionStart;
  field.setRangeText(`${name} `, caret - typed.length, caret, "end");
  close();
  field.focus();
}

document.addEventListener(
  "keydown",
  (event) => {
    const field = event.target;
    if (!list || field !== list.previousElementSibling || event.isComposing) return;
    const many = list.childElementCount;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) point(field, (chosen + steps[event.key] + many) % many);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey)
      take(field, list.children[chosen].dataset.name);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".r-mentions [role=option]");
  if (!option) return;
  event.preventDefault();
  take(list.previousElementSibling, option.dataset.name);
});

document.addEventListener("focusout", (event) => {
  if (list && event.target === list.previousElementSibling) close();
});
