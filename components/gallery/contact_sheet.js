// The contact sheet: keeps the cards as Python says, and reports what people do with them.
//
// A star or a choice is shown at once and stands in `pending` until Python has given back the receipt of the report
// that carried it. Streamlit lets a later report take the place of one that no run has heard yet, so each carries all;
// by their numbers Python tells what it has heard before.

const sheets = new WeakMap(); // root element -> its sheet
let sheetsMade = 0;

// A card that is out of the list goes so long after its video has stopped: moving along the video stops it too. ms.
const LINGERS = 1500;
const SECOND = 1000;

function createSheet(root) {
  const sheet = {
    root,
    component: null,
    cards: new Map(), // id -> card, also of those that are out of the list and still play
    listed: [], // ids in the order of the list
    leaving: new Set(), // ids of cards that are out of the list
    mark: `${performance.timeOrigin}-${(sheetsMade += 1)}`, // tells its numbers from another sheet's
    done: 0, // what has been done here, counted
    pending: new Map(), // what was done and to which -> {number, what, id, on}
    anchor: null, // id of the card from which Shift selects
    ahead: -Infinity, // the server's clock less ours, in seconds
    ticking: null,
  };
  sheet.reports = createReporter((receipt) => {
    const done = [...sheet.pending.values()].map(({ number, what, id, on }) => [number, what, id, on]);
    sheet.component.setTriggerValue("said", { receipt, sheet: sheet.mark, done });
  });
  sheet.cardAt = (target) => sheet.cards.get(target.closest?.(".card")?.dataset.id);
  root.onclick = (event) => click(sheet, event);
  root.onkeydown = (event) => press(sheet, event);
  // What happens to a video does not bubble, but it is captured.
  root.addEventListener("play", ({ target }) => showControls(sheet.cardAt(target)), true);
  for (const name of ["pause", "ended", "emptied"]) {
    root.addEventListener(name, ({ target }) => letGo(sheet, sheet.cardAt(target)), true);
  }
  return sheet;
}

// What people do

function click(sheet, event) {
  const card = sheet.cardAt(event.target);
  if (card === undefined) return;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isPoster = event.target === card.video && !card.video.controls;
  if (isPoster || event.target.closest(".play")) card.video.play().catch(() => showControls(card));
  else if (event.target.closest(".star")) star(sheet, card);
  else if (event.target === card.parts.box) select(sheet, card, card.parts.box.checked, event.shiftKey);
  else if (event.target.closest(".open")) {
    if (!isPlain || event.shiftKey) return; // a tab or a window of its own
    event.preventDefault();
    open(sheet, card);
  } else if (event.target.closest(".words") && isPlain && !isMarkingText(sheet)) {
    if (sheet.component.data.selecting) select(sheet, card, !isSelected(sheet, card), event.shiftKey);
    else open(sheet, card);
  }
}

// Whoever marks words to copy them does not open the take.
function isMarkingText(sheet) {
  const marked = sheet.root.getRootNode().getSelection?.() ?? document.getSelection();
  return marked !== null && !marked.isCollapsed && marked.toString() !== "";
}

function press(sheet, event) {
  if (event.key.toLowerCase() !== "x" || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  const card = sheet.cardAt(event.target);
  if (card === undefined || !sheet.component.data.selecting) return;
  event.preventDefault();
  event.stopPropagation();
  select(sheet, card, !isSelected(sheet, card), event.shiftKey);
}

function star(sheet, card) {
  note(sheet, "star", card.id, !isStarred(sheet, card));
  report(sheet);
}

function select(sheet, card, on, isRange) {
  const { listed, anchor } = sheet;
  const [from, to] = [listed.indexOf(anchor), listed.indexOf(card.id)].sort((a, b) => a - b);
  const ids = isRange && from >= 0 ? listed.slice(from, to + 1) : [card.id];
  for (const id of ids) note(sheet, "select", id, on);
  sheet.anchor = card.id;
  report(sheet);
}

function open(sheet, card) {
  note(sheet, "open", card.id, true);
  report(sheet);
}

function note(sheet, what, id, on) {
  sheet.done += 1;
  sheet.pending.set(`${what} ${id}`, { number: sheet.done, what, id, on });
}

function report(sheet) {
  showChoices(sheet);
  sheet.reports.soon();
  sheet.reports.now();
}

// What is shown

const isStarred = ({ pending }, { id, data }) => pending.get(`star ${id}`)?.on ?? data.starred;
const isSelected = ({ pending }, { id, data }) => pending.get(`select ${id}`)?.on ?? data.selected;

function showChoices(sheet) {
  const { selecting } = sheet.component.data;
  sheet.root.classList.toggle("selecting", selecting);
  for (const card of sheet.cards.values()) {
    writeAttribute(card.parts.star, "aria-pressed", String(isStarred(sheet, card)));
    const isChosen = selecting && isSelected(sheet, card);
    card.parts.box.checked = isChosen;
    card.element.classList.toggle("chosen", isChosen);
  }
}

// Of a card that is out of the list Python says no more: what it has heard counts.
function keepChoices(sheet) {
  for (const id of sheet.leaving) {
    const card = sheet.cards.get(id);
    card.data = { ...card.data, starred: isStarred(sheet, card), selected: isSelected(sheet, card) };
    card.drawn = "";
  }
}

function draw(sheet) {
  const { root, cards, leaving } = sheet;
  const { data } = sheet.component;
  sheet.listed = data.cards.map(({ id }) => id);
  const listed = new Set(sheet.listed);
  for (const card of cards.values()) {
    const isLeaving = !listed.has(card.id);
    if (isLeaving) leaving.add(card.id);
    else leaving.delete(card.id);
    card.element.classList.toggle("leaving", isLeaving);
  }
  for (const one of data.cards) {
    if (!cards.has(one.id)) cards.set(one.id, createCard(root, one.id));
    drawCard(root, cards.get(one.id), one);
  }
  const active = root.getRootNode().activeElement;
  const isHeld = (element) => element.contains(active) || isPlaying(cards.get(element.dataset.id));
  arrange(root, sheet.listed.map((id) => cards.get(id).element), isHeld);
  for (const id of [...leaving]) {
    if (!isUsed(sheet, cards.get(id))) remove(sheet, cards.get(id));
    else letGo(sheet, cards.get(id));
  }
}

// Takes a card out that is not in the list. The keyboard goes to the next one.
function remove(sheet, card) {
  const { cards, leaving, root } = sheet;
  const { element } = card;
  if (element.contains(root.getRootNode().activeElement)) {
    const near = element.nextElementSibling ?? element.previousElementSibling;
    cards.get(near?.dataset.id)?.parts.open.focus({ preventScroll: true });
  }
  cards.delete(card.id);
  leaving.delete(card.id);
  element.remove();
}

// Whether a card that is out of the list stays: its video plays, or somebody has a hand on it.
function isUsed(sheet, card) {
  const large = [document.pictureInPictureElement, sheet.root.getRootNode().fullscreenElement];
  return isPlaying(card) || card.element.matches(":active") || (card.video !== null && large.includes(card.video));
}

// Takes the card out once it is not used any more.
function letGo(sheet, card) {
  if (card === undefined || !sheet.leaving.has(card.id)) return;
  setTimeout(() => {
    if (!sheet.leaving.has(card.id) || sheet.cards.get(card.id) !== card || isPlaying(card)) return;
    if (isUsed(sheet, card)) letGo(sheet, card);
    else remove(sheet, card);
  }, LINGERS);
}

// Who turned the page at its end wants to see where the next one begins.
function showFirst(sheet) {
  const { page } = sheet.component.data;
  const isTurned = sheet.page !== undefined && sheet.page !== page;
  sheet.page = page;
  if (isTurned && sheet.root.getBoundingClientRect().top < 0) sheet.root.scrollIntoView({ block: "start" });
}

// The clocks of takes that run: counted here, by the server's clock.

function showClocks(sheet) {
  clearTimeout(sheet.ticking);
  sheet.ticking = null;
  const running = [...sheet.cards.values()].filter(({ data }) => data.running !== null);
  if (running.length === 0) return;
  const now = Date.now() / SECOND + sheet.ahead;
  running.forEach((card) => showClock(card, now));
  sheet.ticking = setTimeout(() => showClocks(sheet), SECOND - ((now * SECOND) % SECOND) + 5);
}

// What was long on its way says too little: of all that was said, the latest clock is the best.
function setClock(sheet, now) {
  if (now === 0) return;
  const ahead = now - Date.now() / SECOND;
  const isSet = Math.abs(ahead - sheet.ahead) > 30; // somebody has set a clock meanwhile
  sheet.ahead = isSet ? ahead : Math.max(ahead, sheet.ahead);
}

export default function (component) {
  const root = component.parentElement.querySelector(".sheet");
  if (!sheets.has(root)) sheets.set(root, createSheet(root));
  const sheet = sheets.get(root);
  sheet.component = component;
  if (sheet.reports.heard(component.data.receipt)) {
    keepChoices(sheet);
    sheet.pending.clear();
  }
  setClock(sheet, component.data.now);
  draw(sheet);
  showFirst(sheet);
  showChoices(sheet);
  showClocks(sheet);
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the sheet.
    if (sheet.component !== component) return;
    sheet.reports.end();
    clearTimeout(sheet.ticking);
  };
}
