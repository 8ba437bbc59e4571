/**
 * Marks drawn on the picture of a page: dragging draws a frame, which goes with the form as `drawn`, in the units of the
 * picture. A frame is taken back by Escape or by drawing none. Without this, words and places are chosen in the form.
 */
import { say } from "./say.js";

const svgNamespace = "http://www.w3.org/2000/svg";
/** Smaller than this on either side, in units of the picture, is a click and no frame. */
const sideMin = 20;
let drawing = null;

document.addEventListener("pointerdown", (event) => {
  const picture = event.target.closest?.("svg[data-marking]");
  if (!picture || event.button !== 0) return;
  event.preventDefault();
  picture.setPointerCapture(event.pointerId);
  const frame = document.createElementNS(svgNamespace, "rect");
  frame.classList.add("r-mark", "r-mark--drawn");
  picture.append(frame);
  drawing = { picture, frame, from: placeOf(picture, event) };
});

document.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  const box = between(drawing.from, placeOf(drawing.picture, event));
  for (const [name, value] of Object.entries(box)) drawing.frame.setAttribute(name, String(value));
  drawing.box = box;
});

document.addEventListener("pointerup", () => {
  if (!drawing) return;
  const { picture, frame, box } = drawing;
  drawing = null;
  if (!box || box.width < sideMin || box.height < sideMin) {
    frame.remove();
    return;
  }
  const control = document.createElement("input");
  control.type = "hidden";
  control.name = "drawn";
  control.value = [box.x, box.y, box.width, box.height].join(" ");
  formOf(picture).append(control);
  tell(picture);
});

document.addEventListener("pointercancel", () => {
  drawing?.frame.remove();
  drawing = null;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const picture = document.querySelector("svg[data-marking]");
  const frames = picture ? [...picture.querySelectorAll(".r-mark--drawn")] : [];
  if (frames.length === 0) return;
  frames.at(-1).remove();
  if (drawing) drawing = null;
  else [...formOf(picture).querySelectorAll('input[name="drawn"]')].at(-1)?.remove();
  tell(picture);
});

function formOf(picture) {
  return document.getElementById(picture.dataset.marking);
}

/** Where a pointer is, in units of the picture and within it. */
function placeOf(picture, { clientX, clientY }) {
  const { left, top, width, height } = picture.getBoundingClientRect();
  const whole = picture.viewBox.baseVal;
  const held = (at, side) => Math.round(Math.min(Math.max(at, 0), 1) * side);
  return { x: held((clientX - left) / width, whole.width), y: held((clientY - top) / height, whole.height) };
}

function between(from, to) {
  return {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(from.x - to.x),
    height: Math.abs(from.y - to.y),
  };
}

/** Says how many are drawn, and that they are not kept yet. */
function tell(picture) {
  const drawn = formOf(picture).querySelectorAll('input[name="drawn"]').length;
  const text =
    drawn === 0 ? "" : `${drawn} drawn, not marked yet. Choose “Mark”, or press Escape to take the last one back.`;
  formOf(picture).querySelector("[data-marking-drawn]").textContent = text;
  if (text === "") say("No marks are drawn");
}
