/**
 * What the script adds to lists seen otherwise: cards that are dragged, and rows that are ticked together. Each has
 * another way without it: a menu, a box for each row.
 */

/** The card that is being dragged, and the buttons of its menu by the column that each leads to. */
let held = null;

function lanes() {
  return [...document.querySelectorAll("[data-lane]")];
}

function letGo() {
  held?.card.classList.remove("r-card-small--held");
  for (const lane of lanes()) lane.classList.remove("r-lane--possible", "r-lane--over");
  held = null;
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card) return;
  const ways = new Map();
  for (const button of card.querySelectorAll("button[data-to]")) {
    if (!ways.has(button.dataset.to)) ways.set(button.dataset.to, button);
  }
  // Back where it is would change nothing.
  ways.delete(card.closest("[data-lane]").dataset.lane);
  held = { card, ways };
  event.dataTransfer.effectAllowed = "move";
  card.classList.add("r-card-small--held");
  for (const lane of lanes()) lane.classList.toggle("r-lane--possible", ways.has(lane.dataset.lane));
});

document.addEventListener("dragover", (event) => {
  const lane = event.target.closest?.("[data-lane]");
  for (const one of lanes()) one.classList.toggle("r-lane--over", one === lane && held?.ways.has(one.dataset.lane));
  if (held && lane && held.ways.has(lane.dataset.lane)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const lane = event.target.closest?.("[data-lane]");
  const button = held && lane ? held.ways.get(lane.dataset.lane) : undefined;
  letGo();
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

document.addEventListener("dragend", letGo);

document.addEventListener("change", (event) => {
  const { target } = event;
  const boxes = [...document.querySelectorAll('.r-tick input[name="record"]')];
  if (target.matches("[data-tick-all]")) for (const box of boxes) box.checked = target.checked;
  if (target.closest(".r-tick")) showTicked(boxes);
});

/** Says on the button how many are ticked. */
function showTicked(boxes) {
  const ticked = boxes.filter((box) => box.checked).length;
  const every = document.querySelector("[data-tick-all]");
  if (every) {
    every.checked = ticked === boxes.length;
    every.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const button = document.querySelector("[data-ticked]");
  if (button) button.textContent = ticked === 0 ? "Change ticked" : `Change ${ticked} ticked`;
}
