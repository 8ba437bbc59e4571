/**
 * What the script adds: pages without a flash (Turbo), the Design System's behaviours, and keys.
 * Every page works without it. Served as a module beside the files it imports (see view/assets.ts).
 */
// oxlint-disable-next-line import/no-unassigned-import -- Turbo starts itself.
import "./turbo.js";
import { Button } from "./govuk/components/button/button.mjs";
import { CharacterCount } from "./govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "./govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "./govuk/components/password-input/password-input.mjs";
import { SkipLink } from "./govuk/components/skip-link/skip-link.mjs";

const components = [Button, CharacterCount, ErrorSummary, PasswordInput, SkipLink];
/** Held for as long as the page, as the components hold their elements. */
const started = new WeakSet();
const singleKeysOff = "reeve-single-keys-off";
const walkable = "[data-rows] tbody tr, [data-row]";

function start() {
  document.documentElement.classList.add("js-enabled");
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const Component of components) {
    for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
      if (!element.hasAttribute(`data-${Component.moduleName}-init`)) started.add(new Component(element));
    }
  }
  const single = document.querySelector("[data-keys-single]");
  if (single) single.checked = localStorage.getItem(singleKeysOff) === null;
}

document.addEventListener("turbo:load", start);
document.addEventListener("turbo:load", followJob);
document.addEventListener("turbo:render", start);
start();

/** Menus close on Escape, on a click elsewhere and when another opens. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.r-menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.r-menu"));
  if (event.target.closest("[data-keys-open]")) {
    event.preventDefault();
    closeMenus();
    document.getElementById("keys")?.showModal();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) void copyField(copy);
});

/** The links of a chart are SVG's own, whose address is no text: Turbo, which would break on them, is told where they lead. */
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("svg a[href]");
    if (!link) return;
    event.stopPropagation();
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    window.Turbo.visit(link.getAttribute("href"));
  },
  true,
);

async function copyField(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard.writeText(field.value);
  button.textContent = "Copied";
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-single]")) return;
  if (event.target.checked) localStorage.removeItem(singleKeysOff);
  else localStorage.setItem(singleKeysOff, "yes");
});

let pressedG = 0;

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return escape();
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return focusSearch(event);
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (localStorage.getItem(singleKeysOff) !== null) return;
  if (event.key === "/") focusSearch(event);
  else if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "g") pressedG = event.timeStamp;
  else if (event.key === "h" && event.timeStamp - pressedG < 1500) document.querySelector(".r-bar__home")?.click();
});

function escape() {
  const menu = document.activeElement?.closest("details.r-menu[open]");
  closeMenus();
  menu?.querySelector("summary")?.focus();
}

function focusSearch(event) {
  const search = document.getElementById("site-search");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

/** Moves the focus to the first link of the next row, so that Enter opens it. */
function walk(step) {
  const rows = [...document.querySelectorAll(walkable)].filter((row) => row.querySelector("a"));
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.classList.contains("r-row--here"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here]?.classList.remove("r-row--here");
  rows[next].classList.add("r-row--here");
  rows[next].querySelector("a").focus();
}

/** A lookup field asks the server for suggestions while typing; without the script the list given with it serves. */
let waiting;

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-suggest]");
  if (!field || field.value.length < 2) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => void suggest(field), 150);
});

async function suggest(field) {
  const address = new URL(field.dataset.suggest, location.origin);
  address.searchParams.set("q", field.value);
  const answer = await fetch(address, { headers: { accept: "application/json" } }).catch(() => undefined);
  if (!answer?.ok) return;
  const options = (await answer.json()).map(({ value, label }) => new Option(label, value));
  field.list?.replaceChildren(...options);
}

/** A job that runs: its part of the page is read again each second, and what comes of it is opened when it ends. */
function followJob() {
  const part = document.querySelector("[data-job]");
  if (part) setTimeout(() => void readJob(part), 1000);
}

async function readJob(part) {
  if (!part.isConnected) return;
  const answer = await fetch(part.dataset.job, { headers: { accept: "text/html" } }).catch(() => undefined);
  const read = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : undefined;
  const now = read?.getElementById("job");
  if (!part.isConnected) return;
  if (answer && !now?.hasAttribute("data-job")) {
    window.Turbo.visit(now?.dataset.jobNext ?? location.href, { action: "replace" });
    return;
  }
  if (now) {
    // The bar and the words above it change in place, so that the focus stays where it is.
    for (const name of [".r-job__text", ".r-job__bar", ".r-tag"]) {
      const [old, next] = [part.querySelector(name), now.querySelector(name)];
      if (old && next && old.outerHTML !== next.outerHTML) old.replaceWith(document.importNode(next, true));
    }
  }
  followJob();
}
