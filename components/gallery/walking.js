// Left and Right lead to the take before and the one behind, as the buttons do.
//
// Not while something else has use for these keys: a field, a player, a strip of shots, a set of choices.

const OTHERS = [
  "input, textarea, select, video, audio, [contenteditable]:not([contenteditable='false'])",
  "[role=slider], [role=radiogroup], [role=radio], [role=tablist], [role=tab], [role=menu], [role=listbox]",
  "[role=combobox], [role=spinbutton], [role=dialog], [class*='st-key-shots-']",
].join(", ");
const BUTTONS = { ArrowLeft: ".st-key-take-before button", ArrowRight: ".st-key-take-behind button" };

function walk(event) {
  const button = BUTTONS[event.key];
  if (!button || event.defaultPrevented || event.repeat || event.isComposing) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  // The path leads out of shadow roots, too.
  if (event.composedPath().some((node) => node instanceof Element && node.matches(OTHERS))) return;
  if (document.querySelector("[role=dialog], [role=listbox], [role=menu]")) return;
  const found = document.querySelector(button);
  if (!found || found.disabled) return;
  event.preventDefault();
  found.click();
}

export default function () {
  // The same function is never listened to twice.
  document.addEventListener("keydown", walk);
  return () => document.removeEventListener("keydown", walk);
}
