/**
 * What the script adds: pages without a flash (Turbo), the Design System's behaviours, and keys.
 * Every page works without it. Served as a module beside the files it imports (see view/assets.ts).
 */
import "./turbo.js";
import "./seen.js";
import { Button } from "./govuk/components/button/button.mjs";
import { CharacterCount } from "./govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "./govuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "./govuk/components/password-input/password-input.mjs";
import { SkipLink } from "./govuk/components/skip-link/skip-link.mjs";
import "./asked.js";
import "./drafts.js";
import "./found.js";
import "./keys.js";
import { isLeaving } from "./live.js";
import "./marking.js";
import "./mention.js";
import { say } from "./say.js";

const components = [Button, CharacterCount, ErrorSummary, PasswordInput, SkipLink];
/** Held for as long as the page, as the components hold their elements. */
const started = new WeakSet();

function start() {
  document.documentElement.classList.add("js-enabled");
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const Component of components) {
    for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
      if (!element.hasAttribute(`data-${Component.moduleName}-init`)) started.add(new Component(element));
    }
  }
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
  if (event.target.closest("[data-keys-open], [data-palette-open]")) closeMenus();
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

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.r-menu[open]");
  closeMenus();
  menu?.querySelector("summary")?.focus();
});

/** A page that came without being loaded is named to those who listen, as a browser names one that it loads. */
let initial = true;
let announces = false;

document.addEventListener("turbo:visit", ({ detail }) => (announces = detail.action !== "replace"));
document.addEventListener("turbo:load", () => {
  if (!initial && announces) say(document.title);
  initial = false;
  announces = false;
});

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

/** What is known beside a form is read again when what it follows from was filled in. */
document.addEventListener("change", (event) => {
  const frame = event.target.closest("[data-known]") && document.querySelector("[data-known-at]");
  if (!frame) return;
  const address = new URL(frame.dataset.knownAt, location.origin);
  for (const [name, value] of new FormData(event.target.form))
    if (!name.startsWith("_") && typeof value === "string" && value !== "") address.searchParams.append(name, value);
  frame.src = address.href;
});

/** Passkeys: the form holds what to ask of the device, and sends what it answers. */
function startPasskeys() {
  const known = typeof globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON === "function";
  for (const form of known ? document.querySelectorAll("form[data-passkey]") : []) {
    form.querySelector("[data-passkey-use]").hidden = false;
    form.querySelector(".r-passkey-no").hidden = true;
  }
}

async function usePasskey(form) {
  const asked = JSON.parse(form.dataset.options);
  const problem = form.querySelector("[data-passkey-problem]");
  problem.hidden = true;
  try {
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    form.elements.namedItem("response").value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    problem.hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-passkey-use]");
  if (button) void usePasskey(button.form);
});
document.addEventListener("submit", (event) => {
  // Enter in the name asks the device as well.
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  void usePasskey(form);
});
document.addEventListener("turbo:load", startPasskeys);
document.addEventListener("turbo:render", startPasskeys);
startPasskeys();

let jobTimer;

/**
 * A job that runs: its part of the page is read again each second, and what comes of it is opened when it ends. As long as the
 * page shows one that runs it is read again: an answer that was lost, or a page that did not come, ends nothing.
 */
function followJob() {
  clearTimeout(jobTimer);
  const part = document.querySelector("[data-job]");
  if (part) jobTimer = setTimeout(() => void readJob(part).finally(followJob), 1000);
}

async function readJob(part) {
  const page = await readPage(part.dataset.job);
  if (!page || !part.isConnected || isLeaving()) return;
  const now = page.getElementById("job");
  if (!now?.hasAttribute("data-job")) {
    window.Turbo.visit(now?.dataset.jobNext ?? location.href, { action: "replace" });
    return;
  }
  // The bar and the words above it change in place, so that the focus stays where it is.
  for (const name of [".r-job__text", ".r-job__bar", ".r-tag"]) {
    const [old, next] = [part.querySelector(name), now.querySelector(name)];
    if (old && next && old.outerHTML !== next.outerHTML) old.replaceWith(document.importNode(next, true));
  }
}

/** The page at an address as it is now; none while the server is away, or where its answer is lost on the way. */
async function readPage(address) {
  try {
    const answer = await fetch(address, {
      headers: { accept: "text/html", "reeve-by-itself": "1" },
      signal: AbortSignal.timeout(10_000),
    });
    return answer.status >= 500 ? null : new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}
