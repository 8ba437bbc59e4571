/** Fields that others' answers show and hide. The server decides again by the same rule when the form is sent. */
import { say } from "./say.js";

/** Shows what is asked for by the answers as they are. In the page's order, so that what hides a field hides those that it decides. */
function ask(form) {
  const answers = new FormData(form);
  const shown = [];
  for (const group of form.querySelectorAll("[data-when]")) {
    const control = form.querySelector(`[name="${group.dataset.when}"]`);
    const decides = control?.closest("[data-when]");
    const met =
      !decides?.hasAttribute("data-unasked") &&
      answers.getAll(group.dataset.when).some((answer) => group.dataset.whenIs.split(" ").includes(answer));
    if (met === !group.hasAttribute("data-unasked")) continue;
    group.toggleAttribute("data-unasked", !met);
    if (met) shown.push(group.querySelector("legend, label")?.textContent.trim());
  }
  return shown;
}

function askAll() {
  for (const form of document.querySelectorAll("form[data-form]")) ask(form);
}

document.addEventListener("change", ({ target }) => {
  const form = target.form?.closest("form[data-form]");
  const shown = form ? ask(form) : [];
  if (shown.length > 0) say(`Asked for now: ${shown.join(", ")}`);
});
document.addEventListener("turbo:load", askAll);
document.addEventListener("turbo:render", askAll);
// What the browser filled in again when somebody came back.
addEventListener("pageshow", askAll);
