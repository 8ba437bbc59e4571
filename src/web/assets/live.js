/** A page hears when what it shows has changed, and is then made anew in place; who else is here; and what is unread. */
import { anythingTyped, follow, isSending } from "./keep.js";
import { takeRows } from "./rows.js";
import { say } from "./say.js";

const waitFirst = 1000;
const waitMost = 60_000;
/** A page out of sight is followed no more after this, and caught up with when it is looked at again. */
const hiddenAfter = 10_000;
/** Pages that cannot show the rows that many were sent ask for themselves over so long. */
const askWithin = 3000;
/** People who listen are told of changes no more often than this. */
const sayAgainAfter = 20_000;

let source = null;
let address = null;
/** The moment that what is shown was made for, by the server's clock. */
let seen = 0;
/** The moment of the last change heard of. */
let changed = 0;
let wait = waitFirst;
let timer;
let hidden;
/** Who is here is not known for sure while there is no connection. */
let unknown;
let busy = false;
let saidAt = 0;
let rangAt = 0;

function shown() {
  return document.querySelector("main[data-live]");
}

/** Called whenever there is a new page. */
function page() {
  const main = shown();
  const next = main?.dataset.live ?? null;
  seen = Number(main?.dataset.liveAt ?? 0);
  if (next !== address) {
    disconnect();
    address = next;
    changed = 0;
    wait = waitFirst;
    if (address && !document.hidden) connect();
  }
  if (changed > seen) soon();
}

/** Whether another page is on its way, which will be as new as can be. */
export function isLeaving() {
  return isSending() || document.documentElement.hasAttribute("aria-busy");
}

function connect() {
  clearTimeout(timer);
  if (!address || source) return;
  source = new EventSource(`${address}${address.includes("?") ? "&" : "?"}at=${seen}`);
  source.addEventListener("open", () => (wait = waitFirst));
  source.addEventListener("look", ({ data }) => {
    changed = Math.max(changed, Number(data));
    if (changed > seen) soon();
  });
  source.addEventListener("rows", ({ data }) => showRows(JSON.parse(data)));
  source.addEventListener("here", ({ data }) => {
    clearTimeout(unknown);
    showHere(JSON.parse(data));
  });
  source.addEventListener("bell", ({ data }) => showBell(data));
  source.addEventListener("again", ({ data }) => {
    if (changed <= seen) seen = Math.max(seen, Number(data));
    disconnect();
    connect();
  });
  // The browser's own way gives up for good at the first answer that is no stream, as while the server starts.
  source.addEventListener("error", () => {
    disconnect();
    unknown = setTimeout(showHere, 5000, []);
    timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, waitMost);
  });
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** Makes the page anew, unless it is being made already; then what is heard meanwhile is looked at after it. */
function soon() {
  if (busy || document.hidden || isLeaving() || !shown()) return;
  busy = true;
  void refresh().finally(() => {
    busy = false;
    if (changed > seen && source) setTimeout(() => changed > seen && soon(), 500);
  });
}

/** What stands round the rows follows when the page is asked to look. */
function showRows(rows) {
  changed = Math.max(changed, rows.at);
  const before = shown()?.textContent;
  if (isLeaving() || !takeRows(rows)) setTimeout(() => changed > seen && soon(), Math.random() * askWithin);
  else if (!document.hidden && shown()?.textContent !== before) sayChanged();
}

function sayChanged() {
  if (Date.now() - saidAt <= sayAgainAfter) return;
  saidAt = Date.now();
  say("Somebody has changed this. The page shows it as it is now.");
}

/** Turbo would leave the page for the browser's own error when the server does not answer, so the page is asked for here. */
async function refresh() {
  const at = location.href;
  const asked = changed;
  const answer = await fetch(at, { headers: { accept: "text/html", "reeve-by-itself": "1" } }).catch(() => null);
  const elsewhere = answer?.redirected && new URL(answer.url).pathname !== location.pathname;
  if (!answer || elsewhere || answer.status >= 500) {
    // The session has ended, or the server is away: what is shown stays, and so does what was typed.
    seen = Math.max(seen, asked);
    return;
  }
  const html = await answer.text();
  // Somebody went on meanwhile.
  if (at !== location.href || isLeaving() || document.hidden) return;
  seen = Math.max(seen, asked);
  if (!answer.ok) return gone(answer.status, html);
  follow(true);
  const before = shown()?.textContent;
  const rendered = new Promise((resolve) => document.addEventListener("turbo:load", resolve, { once: true }));
  show(html, 200);
  await Promise.race([rendered, new Promise((resolve) => setTimeout(resolve, 2000))]);
  follow(false);
  // Of other records that are shown here many change without a difference to this page.
  if (shown()?.textContent !== before) sayChanged();
}

function gone(statusCode, html) {
  disconnect();
  if (anythingTyped()) say("This can no longer be seen. What you typed is still here.");
  else show(html, statusCode);
}

function show(responseHTML, statusCode) {
  window.Turbo.visit(location.href, {
    action: "replace",
    shouldCacheSnapshot: false,
    response: { statusCode, redirected: false, responseHTML },
  });
}

function showHere(names) {
  const place = document.querySelector("[data-here]");
  if (!place) return;
  const words = names.length > 0 ? `Also here now: ${new Intl.ListFormat("en-GB").format(names)}` : "";
  if (place.textContent !== words) place.textContent = words;
}

/** How many notifications are unread, as the page itself shows it (layouts/working.njk). */
function showBell(count) {
  const bell = document.querySelector(".r-bell");
  if (!bell) return;
  const known = bell.querySelector(".r-bar__count");
  if ((known?.firstChild?.textContent ?? "") === count) return;
  known?.remove();
  if (!count) return;
  const place = document.createElement("span");
  place.className = "r-bar__count";
  const unread = document.createElement("span");
  unread.className = "govuk-visually-hidden";
  unread.textContent = " unread";
  place.append(count, unread);
  bell.append(place);
  if (Date.now() - rangAt < sayAgainAfter) return;
  rangAt = Date.now();
  say(`Notifications: ${count} unread`);
}

document.addEventListener("turbo:load", page);
document.addEventListener("turbo:render", page);
document.addEventListener("visibilitychange", () => {
  clearTimeout(hidden);
  if (document.hidden) hidden = setTimeout(disconnect, hiddenAfter);
  else if (!source) connect();
  else if (changed > seen) soon();
});
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", ({ persisted }) => persisted && connect());
