/** The palette: one box for records, pages and what can be done here. A list that the arrow keys walk, as the ARIA
 * pattern “combobox with list” has it: the focus stays in the box, and the choice is named by aria-activedescendant. */
const shownMax = 30;

let asking = null;
let waiting;
let found = { words: null, groups: [] };
let options = [];
let chosen = -1;

const dialog = () => document.getElementById("palette");
const box = () => document.getElementById("palette-words");
const list = () => document.getElementById("palette-list");

/** Opens the palette; false on a page that has none. */
export function openPalette() {
  const palette = dialog();
  if (!palette) return false;
  if (palette.open) {
    box().select();
    return true;
  }
  if (document.querySelector("dialog[open]")) return false;
  box().value = "";
  found = { words: null, groups: [] };
  palette.showModal();
  show();
  void ask("");
  return true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette-open]")) {
    event.preventDefault();
    openPalette();
  } else if (event.target === dialog()) dialog().close();
  else {
    const option = event.target.closest("#palette-list [role=option]");
    if (option) choose(options[Number(option.dataset.place)]);
  }
});

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  show();
  clearTimeout(waiting);
  const words = box().value.trim();
  waiting = setTimeout(() => void ask(words), 80);
});

document.addEventListener("keydown", (event) => {
  if (event.target !== box() || event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    if (options.length > 0)
      point((Math.max(chosen, steps[event.key] > 0 ? -1 : 0) + steps[event.key] + options.length) % options.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    void enter();
  }
});

/** Enter takes what is pointed at. Where the answer is still on its way, it is waited for. */
async function enter() {
  clearTimeout(waiting);
  const words = box().value.trim();
  if (found.words !== words) await ask(words);
  if (options[chosen]) choose(options[chosen]);
}

/** Asks the server; a question that a newer one has overtaken is called off. */
async function ask(words) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const address = `/palette?q=${encodeURIComponent(words)}`;
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const { groups } = await answer.json();
    found = { words, groups };
  } catch {
    if (mine.signal.aborted) return;
    found = { words, groups: [], failed: true };
  }
  if (dialog()?.open) show();
}

/** What can be done on this page, as its own buttons and links say. */
function moves() {
  const all = document.querySelectorAll(".r-moves a, .r-moves button");
  return [...all].map((element) => ({ label: element.textContent.trim(), element }));
}

function matches({ label }, words) {
  const said = label.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

function show() {
  const words = box().value.trim();
  const here = moves().filter((move) => matches(move, words));
  const groups = [{ label: "Here", items: here }, ...found.groups].filter(({ items }) => items.length > 0);
  options = [];
  list().replaceChildren(...groups.map((group, at) => groupElement(group, at)));
  // Before anything is typed Enter does nothing: it might take a step that nobody asked for.
  point(options.length > 0 && words !== "" ? 0 : -1);
  box().setAttribute("aria-expanded", String(options.length > 0));
  const status = document.getElementById("palette-status");
  status.textContent = statusWords(words);
}

function statusWords(words) {
  if (found.failed) return "The server does not answer just now.";
  if (found.words !== words) return "";
  if (options.length === 0) return "Nothing found. Press Escape to close.";
  return `${options.length} ${options.length === 1 ? "result" : "results"}`;
}

function groupElement({ label, items }, at) {
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", `palette-group-${at}`);
  const heading = document.createElement("p");
  heading.className = "r-palette__group";
  heading.id = `palette-group-${at}`;
  heading.textContent = label;
  // The group is named by it; a listbox holds nothing but options and groups.
  heading.setAttribute("role", "presentation");
  group.append(heading, ...items.slice(0, Math.max(0, shownMax - options.length)).map(optionElement));
  return group;
}

function optionElement(item) {
  const option = document.createElement("div");
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  option.className = "r-palette__option";
  option.id = `palette-option-${options.length}`;
  option.dataset.place = String(options.length);
  option.append(part("r-palette__label", item.label));
  if (item.hint) option.append(" ", part("r-palette__hint", item.hint));
  options.push(item);
  return option;
}

function part(className, words) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = words;
  return span;
}

function point(place) {
  document.getElementById(`palette-option-${chosen}`)?.setAttribute("aria-selected", "false");
  chosen = place;
  const option = document.getElementById(`palette-option-${place}`);
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) box().setAttribute("aria-activedescendant", option.id);
  else box().removeAttribute("aria-activedescendant");
}

function choose(item) {
  dialog().close();
  if (item.element) item.element.click();
  else window.Turbo.visit(item.href);
}

document.addEventListener("turbo:before-cache", () => dialog()?.open && dialog().close());
