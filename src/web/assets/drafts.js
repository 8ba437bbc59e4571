/** What is typed into a form is kept as a draft while it is typed. Sending never waits for it. */
import { say } from "./say.js";

/** Typing is saved this often at the most. */
const everyMs = 2000;
/** The most bytes that a browser sends for a page that is left (Fetch Standard). */
const leavingBytesMax = 60_000;

let typedIn = null;
let timer;
let sending;
/** The form of which it was said to those who do not see it; once is enough. */
let announcedFor = null;

function draftForm(target) {
  return target?.form?.closest("form[data-draft]");
}

function typed({ target }) {
  const form = draftForm(target);
  if (!form) return;
  typedIn = form;
  timer ??= setTimeout(() => void save(), everyMs);
}

/** Stops: the form was sent, or another page came. */
function stop() {
  clearTimeout(timer);
  timer = undefined;
  typedIn = null;
}

async function save(leaving = false) {
  clearTimeout(timer);
  timer = undefined;
  const form = typedIn;
  if (!form?.isConnected) return;
  typedIn = null;
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const request = {
    method: "POST",
    body,
    headers: { accept: "application/json" },
    keepalive: leaving && body.toString().length < leavingBytesMax,
  };
  sending = new AbortController();
  const answer = await fetch(form.dataset.draft, { ...request, signal: sending.signal }).catch(() => undefined);
  if (!form.isConnected) return;
  const read = answer?.ok ? await answer.json().catch(() => ({})) : {};
  if (sending.signal.aborted) return;
  show(form, read, answer);
}

function show(form, { said, problem }, answer) {
  const note = form.querySelector("[data-draft-said]");
  const fault =
    answer?.status === 401 || answer?.redirected
      ? "Your session has ended, so this is not kept as a draft. You can still send it: you are asked to sign in first."
      : "This could not be kept as a draft just now. You can still send it.";
  note.textContent = said ?? problem ?? fault;
  if (announcedFor !== form) say(note.textContent);
  announcedFor = form;
  // A form that finds what was begun by itself needs no address of its own.
  if (!form.dataset.draftHref) return;
  const { pathname, search } = new URL(form.dataset.draftHref, location.origin);
  // Whoever loads the page again, or opens the browser where they left it, finds what they typed.
  if (said && location.pathname === pathname && location.search !== search)
    history.replaceState(history.state, "", form.dataset.draftHref);
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form[data-draft]")) return;
  sending?.abort();
  stop();
});
document.addEventListener("turbo:before-visit", () => void save(true));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void save(true);
});
