/** A box that finds as people type: its form is sent by itself into the frame below it, a little after the last key. */
import { say } from "./say.js";

let waiting;

document.addEventListener("input", ({ target }) => {
  const form = target.form?.closest("form[data-as-you-type]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (target.value.trim().length > 1) form.requestSubmit();
  }, 200);
});

document.addEventListener("turbo:frame-load", ({ target }) => {
  const said = target.querySelector("[data-found-said]");
  if (said) say(said.textContent);
});
