// The prompt field. The browser holds the truth while someone types: a rerun of the page never touches the
// text or the caret. Python replaces the text by a new revision, and by nothing else.
//
// Streamlit calls the default export again whenever the data or the theme changes, and may end the element and
// make another one in its place when the page above it changes. `kept` outlives that, until the tab reloads;
// `unheard` outlives the reload.

const fields = new WeakMap(); // root element -> its field
const kept = new Map(); // key of the field -> {revision, text}

// A second Ctrl+Enter so soon after the first, on the same text, is a slip of the finger, and each press may cost
// money.
const PRESS_AGAIN_MS = 1000;

function createField(root) {
  const part = (selector) => root.querySelector(selector);
  const area = part("textarea");
  const announce = createAnnouncer(part("#announcement"));
  const field = { root, area, component: null, revision: null, over: false, pressed: -Infinity, sent: null };

  // Far more than any model takes is not sent at all; Python then says so.
  const contents = () => {
    const { most } = field.component.data;
    const text = countCharacters(area.value) > most ? null : area.value;
    return { revision: field.revision, text };
  };

  const reports = createReporter((receipt) => {
    field.component.setStateValue("report", { ...contents(), receipt });
  });
  field.reports = reports;

  field.standing = () => ({ revision: field.revision, text: area.value });

  field.count = () => {
    const { limit, counted } = field.component.data;
    const standing = describeLength(countCharacters(area.value), limit);
    const crossed = field.over !== standing.over;
    field.over = standing.over;
    part("#count").textContent = counted || standing.over ? standing.text : "";
    part("#count").classList.toggle("over", standing.over);
    const wrong = standing.over || Boolean(field.component.data.problem);
    root.classList.toggle("wrong", wrong);
    area.setAttribute("aria-invalid", String(wrong));
    // The counter itself is silent: a reader that speaks at every key cannot be typed with.
    if (standing.over) announce(standing.text);
    else if (crossed) announce("Within the limit.");
  };

  area.oninput = () => {
    const { key } = field.component.data;
    kept.set(key, field.standing());
    unheard.put(key, field.standing());
    field.count();
    reports.soon();
  };
  area.onblur = reports.now;
  area.onkeydown = (event) => {
    const presses = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
    if (!presses) return;
    // The page's button may have the same shortcut: it must not be pressed a second time.
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (area.value === field.sent && event.timeStamp - field.pressed < PRESS_AGAIN_MS) return;
    field.pressed = event.timeStamp;
    field.sent = area.value;
    reports.now();
    field.component.setTriggerValue("submit", contents());
  };
  return field;
}

// Decides whose text stands in the field, after each run of the page.
function settle(field, data) {
  const { area } = field;
  const fresh = field.revision === null;
  const before = fresh ? (kept.get(data.key) ?? unheard.get(data.key)) : field.standing();
  const replaced = isReplaced(before, data.revision);
  field.revision = replaced ? data.revision : before.revision;
  const text = replaced ? data.text : before.text;
  if (area.value !== text) area.value = text;
  kept.set(data.key, field.standing());
  // A replacement is confirmed, so that a server which starts again finds it and not the text before it.
  const confirms = before !== undefined && replaced;
  const behind = fresh && !replaced && area.value !== data.text;
  if (confirms || behind) field.reports.soon();
  // Here again with what Python has: it was heard, though its receipt went to a field that is gone.
  const arrived = fresh && !confirms && !behind;
  if (field.reports.heard(data.receipt) || arrived) unheard.remove(data.key);
}

function show(field, data) {
  const { root, area } = field;
  const write = (selector, text) => {
    const element = root.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
  };
  write("label", data.label);
  write("#help", data.help);
  write("#problem", data.problem);
  root.querySelector("label").classList.toggle("hidden", !data.label_visible);
  area.placeholder = data.placeholder;
  area.rows = data.rows;
  root.style.setProperty("--rows", data.rows);
}

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".prompt");
  if (!fields.has(root)) fields.set(root, createField(root));
  const field = fields.get(root);
  field.component = component;
  show(field, data);
  settle(field, data);
  field.count();
  watchForLeaving(field.reports);
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the field.
    if (field.component !== component) return;
    field.reports.end();
    stopWatching(field.reports);
  };
}
