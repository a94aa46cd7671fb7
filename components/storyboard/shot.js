// One shot on the screen, as a card or as a row of the table: what both have goes by the same names.

let shotsMade = 0;

// Writes only what is not there already, so that what stays the same is not drawn again.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function mark(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// On, or for a `reason` off: then it can still be reached, and its name and the reason be read.
function turn(button, label, reason = "", hint = label) {
  mark(button, "aria-label", label);
  mark(button, "title", reason || hint);
  mark(button, "aria-disabled", String(reason !== ""));
}

// Puts `text` into a field, with the caret behind what is different now.
function putText(area, text) {
  const before = area.value;
  if (before === text) return;
  const most = Math.min(before.length, text.length);
  let [head, tail] = [0, 0];
  while (head < most && before[head] === text[head]) head += 1;
  while (tail < most && before.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  const caret = Math.max(head, text.length - tail);
  area.value = text;
  if (area.getRootNode().activeElement === area) area.setSelectionRange(caret, caret);
}

// Why a shot cannot be longer, or shorter, by one step; "" where it can.
function whyNotLonger(shot, left, budget) {
  const longer = longerLength(shot.seconds, budget);
  if (longer === undefined) return `A shot takes at most ${budget.lengths.at(-1)} s.`;
  if (left === null || longer - shot.seconds <= left) return "";
  if (left < 0) return `The shots are ${-left} s over already.`;
  if (left === 0) return `Nothing is left of the ${budget.totals.at(-1)} s.`;
  return `Only ${left} s are left; the next length is ${longer} s.`;
}

function whyNotShorter(shot, budget) {
  return shorterLength(shot.seconds, budget) === undefined ? `A shot takes at least ${budget.lengths[0]} s.` : "";
}

// "…the barn door opens, 3 seconds."
function endOf(text, most = 60) {
  if (text.length <= most) return text;
  const tail = text.slice(-most);
  const word = tail.search(/\s\S/);
  return `…${word >= 0 && word < most / 2 ? tail.slice(word + 1) : tail}`;
}

// `announce` tells a screen reader, once typing has paused.
function createShot(template, id, announce) {
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.shot = id;
  const part = (selector) => element.querySelector(selector);
  const [area, seconds] = [part("textarea"), part("input")];
  const [problem, spoken, sent, count, wrong] = [".problem", ".spoken", ".sent", ".count", ".wrong"].map(part);
  const number = ++shotsMade;
  for (const note of [problem, spoken, sent, count, wrong]) {
    if (note !== null) note.id = `${note.className}-${number}`;
  }
  area.setAttribute(
    "aria-describedby",
    [problem, spoken, sent, count].filter(Boolean).map((note) => note.id).join(" "),
  );
  seconds.setAttribute("aria-describedby", wrong.id);
  const numberOf = part(".number");
  const [when, bar] = [part(".when"), part(".actions")];
  const buttons = Object.fromEntries([...element.querySelectorAll("button")].map((one) => [one.dataset.act, one]));
  const said = spoken.querySelector("span");
  let seen = [];
  let over = false;
  const view = { id, element, area, seconds, typed: null };

  const countText = (n, shot, budget) => {
    const limit = budget.most_text;
    const standing = limit === null ? { text: "", over: false } : describeLength(countCharacters(shot.text), limit);
    write(count, standing.text);
    count.classList.toggle("over", standing.over);
    // The counter itself is silent: a reader that speaks at every key cannot be typed with.
    if (standing.over) announce(`Shot ${n + 1}: ${standing.text}`);
    else if (over) announce(`Shot ${n + 1} is within the limit.`);
    over = standing.over;
  };

  const showSeconds = (n, shot, budget) => {
    const name = `Seconds of shot ${n + 1}`;
    if (view.typed === null && seconds.value !== String(shot.seconds)) seconds.value = shot.seconds;
    mark(seconds, "aria-label", name);
    mark(seconds, "aria-valuenow", String(shot.seconds));
    mark(seconds, "aria-valuetext", shot.seconds === 1 ? "1 second" : `${shot.seconds} seconds`);
    mark(seconds, "aria-valuemin", String(budget.lengths[0]));
    mark(seconds, "aria-valuemax", String(budget.lengths.at(-1)));
  };

  const showNotes = (shot, notes, budget) => {
    write(problem, notes.problem);
    if (sent !== null) write(sent, notes.sent === "" ? "" : `Sent as: “${endOf(notes.sent)}”`);
    const says = notes.spoken;
    const unit = says === 1 ? "second" : "seconds";
    write(said, says === null ? "" : `The text says ${says} ${unit}, the plan ${shot.seconds}.`);
    buttons.use.hidden = says === null || !budget.lengths.includes(says);
    write(buttons.use, `Use ${says} s`);
    view.use = says;
  };

  const showButtons = (n, shot, { board, left, budget, full }) => {
    const [one, all] = [`shot ${n + 1}`, board.shots.length];
    mark(buttons.hold, "aria-label", `Move ${one} of ${all}`);
    mark(bar, "aria-label", `Shot ${n + 1}`);
    turn(buttons.shorter, `Shorten ${one}`, whyNotShorter(shot, budget));
    turn(buttons.longer, `Lengthen ${one}`, whyNotLonger(shot, left, budget));
    turn(buttons.up, `Move ${one} up`, n === 0 ? "This is the first shot already." : "");
    turn(buttons.down, `Move ${one} down`, n === all - 1 ? "This is the last shot already." : "");
    turn(buttons.duplicate, `Duplicate ${one}`, full);
    turn(buttons.after, `Add a shot after ${one}`, full);
    turn(buttons.delete, `Delete ${one}`);
  };

  // Shows `shot` as the one at place `n`, `begin` seconds after the first begins. What has not changed since the
  // last time costs nothing.
  view.update = (shot, n, begin, notes, around) => {
    const { board, left, budget, full } = around;
    const now = [shot, n, begin, board.shots.length, left, full, budget, ...Object.values(notes)];
    if (now.every((value, i) => value === seen[i])) return;
    const recount = seen[0]?.text !== shot.text || seen[6] !== budget;
    seen = now;
    write(numberOf, String(n + 1));
    mark(area, "aria-label", `Shot ${n + 1}`);
    putText(area, shot.text);
    if (recount) countText(n, shot, budget);
    showSeconds(n, shot, budget);
    showNotes(shot, notes, budget);
    if (when !== null) {
      write(when, `${begin}–${begin + shot.seconds} s`);
      showButtons(n, shot, around);
    }
    const isWrong = notes.problem !== "" || over;
    element.classList.toggle("bad", isWrong);
    mark(area, "aria-invalid", String(isWrong));
  };

  // A sentence beside the seconds; "" for none.
  view.complain = (sentence) => {
    write(wrong, sentence);
    mark(seconds, "aria-invalid", String(sentence !== ""));
  };
  return view;
}
