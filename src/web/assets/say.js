/** Says something to those who do not see it. The same words again are said again. */
export function say(words) {
  const said = document.getElementById("said");
  if (!said) return;
  said.textContent = "";
  setTimeout(() => (said.textContent = words), 50);
}
