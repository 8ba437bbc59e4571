/** Keys on the page of a record that was opened from a list: to the next, to what can be done, back to the list. */
const kept = "reeve-walked";

/** What was last walked: the list's address and its records in their order. */
function walked() {
  try {
    return JSON.parse(sessionStorage.getItem(kept) ?? "null");
  } catch {
    return null;
  }
}

/** Whether this is the page of a record, which may hold tables of its own. */
const onRecord = () => document.querySelector(".r-record") !== null;

document.addEventListener("turbo:load", () => {
  if (onRecord()) return;
  const links = [...document.querySelectorAll("[data-rows] tbody tr")].map((row) => row.querySelector("a[href]"));
  const paths = [...new Set(links.filter(Boolean).map((link) => link.pathname))];
  if (paths.length > 0)
    sessionStorage.setItem(kept, JSON.stringify({ list: location.pathname + location.search, paths }));
});

function visit(address) {
  if (address) window.Turbo.visit(address);
}

/** Goes to the record after or before this one in the list that it was opened from. False where there is none. */
export function walkRecords(step) {
  const { paths = [] } = walked() ?? {};
  const here = onRecord() ? paths.indexOf(location.pathname) : -1;
  if (here < 0) return false;
  visit(paths[here + step]);
  return true;
}

/** What a single key does on the page of a record or a form. True where it did something. */
export function recordKey(key) {
  if (/^[1-9]$/.test(key)) {
    const moves = document.querySelectorAll(
      ".r-main > .r-moves > :is(a, form), .r-main > .r-moves .r-menu__panel > :is(a, form)",
    );
    const move = moves[Number(key) - 1];
    (move?.querySelector("button") ?? move)?.click();
    return move !== undefined;
  }
  if (key === "u") {
    const { list, paths = [] } = walked() ?? {};
    if (paths.some((path) => location.pathname.startsWith(path))) visit(list);
  } else if (key === "c") focusOn("#comment-text");
  else if (key === "i") focusOn(".r-main form :is(input:not([type=hidden]), select, textarea)");
  else return false;
  return true;
}

function focusOn(selector) {
  const field = document.querySelector(selector);
  field?.scrollIntoView({ block: "center" });
  field?.focus();
  field?.select?.();
}
