/** The rows of a list that were sent with the news: put in place without asking for the page. */
import { follow, holdsTyped } from "./keep.js";

/**
 * Shows the rows in their order. `html` holds those that have changed. False where the page shows other rows than these
 * stand for; then it must be asked for.
 */
export function takeRows({ order, html }) {
  const table = document.querySelector("main[data-live] table[data-rows]");
  const body = table?.tBodies.length === 1 ? table.tBodies[0] : null;
  if (!body || order.length === 0) return false;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = new Map([...template.content.children].map((row) => [row.id, row]));
  const known = new Map([...body.rows].map((row) => [row.id, row]));
  const wanted = new Set(order);
  if (order.some((id) => !known.has(id) && !fresh.has(id))) return false;
  // A row that not everybody sees is not among those that were made for all.
  if ([...body.rows].some((row) => row.hasAttribute("data-restricted") && !wanted.has(row.id))) return false;
  const focused = document.activeElement;
  for (const [id, row] of known) if (!wanted.has(id) && !holdsTyped(row)) row.remove();
  let at = body.firstElementChild;
  for (const id of order) {
    const row = known.get(id) ?? fresh.get(id);
    if (known.has(id) && fresh.has(id)) morph(row, fresh.get(id));
    if (row === at) at = at.nextElementSibling;
    else body.insertBefore(row, at);
  }
  // A row that moved loses the focus in it.
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
  return true;
}

function morph(row, fresh) {
  const here = row.classList.contains("r-row--here");
  follow(true);
  window.Turbo.morphElements(row, fresh);
  follow(false);
  if (here) row.classList.add("r-row--here");
}
