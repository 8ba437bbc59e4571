/** Keys: Ctrl+K for anything, and single keys, which can be switched off (WCAG 2.1.4) and never work while typing. */
import { openPalette } from "./palette.js";
import { recordKey, walkRecords } from "./walk.js";

const singleKeysOff = "reeve-single-keys-off";
const walkable = "[data-rows] tbody tr, [data-row]";
let pressedG = 0;

function showChoice() {
  for (const box of document.querySelectorAll("[data-keys-single]"))
    box.checked = localStorage.getItem(singleKeysOff) === null;
}

document.addEventListener("turbo:load", showChoice);

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-single]")) return;
  if (event.target.checked) localStorage.removeItem(singleKeysOff);
  else localStorage.setItem(singleKeysOff, "yes");
  showChoice();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-open]")) return;
  event.preventDefault();
  showKeys();
});

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]"))
    return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (localStorage.getItem(singleKeysOff) !== null) return;
  if (event.key === "/") focusSearch(event);
  else if (event.key === "?") showKeys();
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "g") pressedG = event.timeStamp;
  else if (event.key === "h" && event.timeStamp - pressedG < 1500) document.querySelector(".r-bar__home")?.click();
  else if (recordKey(event.key)) event.preventDefault();
});

function showKeys() {
  document.getElementById("keys")?.showModal();
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
  if (walkRecords(step)) return;
  const rows = [...document.querySelectorAll(walkable)].filter((row) => row.querySelector("a"));
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.classList.contains("r-row--here"));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here]?.classList.remove("r-row--here");
  rows[next].classList.add("r-row--here");
  rows[next].querySelector("a").focus();
}
