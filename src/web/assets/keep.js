/**
 * A page that is made anew in place (Turbo's morphing) must lose nothing that somebody typed, chose or opened. What was
 * sent is let go of: the form that led to the new page is as the server made it.
 */
let sent = null;
/** Whether the page is made anew because of somebody else's change. */
let following = false;
let here = null;

export function follow(yes) {
  following = yes;
}

/** Whether a control holds what the page did not come with. */
function isTyped(control) {
  if (control.form && control.form === sent) return false;
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (control instanceof HTMLSelectElement) {
    const given = [...control.options].findIndex((option) => option.defaultSelected);
    return !control.multiple && control.selectedIndex !== Math.max(given, 0);
  }
  if (!(control instanceof HTMLInputElement) || control.type === "hidden") return false;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  return control.type === "file" ? control.files.length > 0 : control.value !== control.defaultValue;
}

const controls = "input, textarea, select";

/** Whether somebody is typing in it just now, which even the same value put in anew would disturb. */
function isInUse(control) {
  return (
    control === document.activeElement && control.matches("textarea, select, input:not([type=checkbox], [type=radio])")
  );
}

/** Whether something was typed or chosen in it, or is being typed. */
export function holdsTyped(element) {
  const all = element.matches(controls) ? [element] : [...element.querySelectorAll(controls)];
  return all.some((control) => isTyped(control) || (isInUse(control) && control.form !== sent));
}

/** Whether anything on the page would be lost with it. */
export function anythingTyped() {
  return holdsTyped(document.body);
}

/** Whether a form is on its way, whose answer is the next page. */
export function isSending() {
  return sent !== null;
}

document.addEventListener("turbo:submit-start", (event) => (sent = event.target));
document.addEventListener("turbo:submit-end", ({ detail }) => {
  if (!detail.fetchResponse) sent = null;
});

document.addEventListener("turbo:before-morph-element", (event) => {
  const { currentElement: element, newElement } = event.detail;
  // What goes away keeps what was typed in it.
  if (!newElement) {
    if (holdsTyped(element) || (following && element.matches(".r-flash"))) event.preventDefault();
  } else if (element.matches(controls) && holdsTyped(element)) event.preventDefault();
});

document.addEventListener("turbo:before-morph-attribute", (event) => {
  const { attributeName: name, mutationType } = event.detail;
  // Somebody else closes no menu, panel or dialog, and a component that was started is not started twice.
  const opened = following && name === "open" && event.target.matches("details, dialog");
  const startedBefore = /^data-.*-init$/.test(name) && mutationType === "remove";
  if ((opened && mutationType === "remove") || startedBefore) event.preventDefault();
});

document.addEventListener("turbo:before-render", () => {
  here = document.querySelector(".r-row--here")?.id || null;
});

/** The row that somebody walked to is marked again, and is where the focus goes back to if it was lost with a row. */
document.addEventListener("turbo:render", () => {
  sent = null;
  if (here) document.getElementById(here)?.classList.add("r-row--here");
});
