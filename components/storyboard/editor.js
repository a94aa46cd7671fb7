// The storyboard editor. The browser holds the board while somebody edits it: a rerun of the page never touches it.
// Python replaces it by a new revision, and by nothing else; that is one step, to be undone like any other.
//
// Streamlit calls the default export again whenever the data or the theme changes, and may end the element and make
// another one in its place when the page above it changes. `kept` outlives that, history and all, until the tab
// reloads; `unheard` outlives the reload.

const editors = new WeakMap(); // root element -> its editor
const kept = new Map(); // key of the editor -> {revision, history, view}

function createEditor(root) {
  const part = (selector) => root.querySelector(selector);
  const [list, body, status] = [part(".cards"), part("tbody"), part(".status")];
  const announce = createAnnouncer(status);
  const shots = new Map(); // id of a shot -> how it is shown
  const editor = {
    component: null,
    revision: null,
    history: null,
    view: "cards",
    budget: null,
    unsure: new Set(), // ids of shots that are newer than what Python says about them
  };
  const board = () => editor.history.board;
  const data = () => editor.component.data;
  editor.steps = createSteps(editor);
  editor.typing = createTyping(editor);
  const drawTime = createTimeBar(part(".bar"), (index) => editor.focusOn(index));
  const drag = createDrag(list, part(".head"), editor.steps.move);
  editor.drag = drag;

  // What is sent

  // Far more than any model takes is not sent at all; Python then says so.
  const contents = () => {
    const count = board().shots.reduce((sum, shot) => sum + countCharacters(shot.text), 0);
    const wrong = editor.typing.isInDoubt([...shots.values()]);
    return { revision: editor.revision, board: count > data().most ? null : board(), wrong };
  };
  const reports = createReporter((receipt) => {
    editor.component.setStateValue("report", { ...contents(), receipt });
  });
  const trigger = (name, more = {}) => {
    reports.now();
    editor.component.setTriggerValue(name, { ...contents(), ...more });
  };
  editor.reports = reports;

  editor.remember = () => {
    const { revision, history, view } = editor;
    kept.set(data().key, { revision, history, view });
  };

  // After every change of the board.
  editor.changed = () => {
    unheard.put(data().key, { revision: editor.revision, board: board() });
    editor.remember();
    editor.render();
    reports.soon();
  };

  // Shows a sentence, and tells it to a screen reader: again too, when the same is said twice.
  editor.say = (text, isWrong = false) => {
    const said = status.textContent === text ? `${text}\u00a0` : text;
    status.textContent = said;
    announce(said); // at once, and nothing that was to be said before
    status.classList.toggle("bad", isWrong);
  };

  // Once typing has paused.
  const tellLater = (text) => {
    status.classList.remove("bad");
    announce(text);
  };

  // What is shown

  editor.indexOf = (id) => board().shots.findIndex((shot) => shot.id === id);
  editor.shown = (index) => shots.get(board().shots[index]?.id);
  editor.shotOf = (element) => shots.get(element.closest(".shot")?.dataset.shot);

  // What was typed as seconds and is no length gives way to the seconds that the shot has.
  editor.forget = (shot) => {
    shot.complain("");
    if (shot.typed === null) return;
    shot.typed = null;
    shot.seconds.value = board().shots[editor.indexOf(shot.id)]?.seconds ?? "";
  };

  editor.forgetAll = () => shots.forEach(editor.forget);

  const whyFull = () => {
    const most = mostShots(editor.budget);
    if (!isFull(board(), editor.budget)) return "";
    const isOurs = most !== editor.budget.most_shots;
    const allowed = `at most ${most} ${most === 1 ? "shot" : "shots"}`;
    return isOurs ? `A storyboard holds ${allowed}.` : `This model takes ${allowed}.`;
  };

  const notesOn = (id) => {
    if (editor.unsure.has(id)) return { problem: "", sent: "", spoken: null };
    const { problems, sent, spoken } = data();
    return { problem: problems[id] ?? "", sent: sent[id] ?? "", spoken: spoken[id] ?? null };
  };

  editor.render = () => {
    const { budget } = editor;
    const inTable = editor.view === "table";
    const template = part(inTable ? ".row-of-a-shot" : ".card-of-a-shot");
    const ids = new Set(board().shots.map((shot) => shot.id));
    for (const [id, { element }] of shots) {
      if (ids.has(id)) continue;
      shots.delete(id); // first: leaving a field of its may be heard while it goes
      element.remove();
    }
    const elements = board().shots.map(({ id }) => {
      if (!shots.has(id)) shots.set(id, createShot(template, id, tellLater));
      return shots.get(id).element;
    });
    arrange(inTable ? body : list, elements, root.getRootNode().activeElement?.closest(".shot"));
    const around = { board: board(), left: secondsLeft(board(), budget), budget, full: whyFull() };
    let begin = 0;
    board().shots.forEach((shot, n) => {
      shots.get(shot.id).update(shot, n, begin, notesOn(shot.id), around);
      begin += shot.seconds;
    });
    drawTime(board(), budget);
    renderFrame(around);
  };

  const renderFrame = ({ full }) => {
    const { history, budget } = editor;
    const { used, rest, over } = describeTime(board(), budget);
    write(part(".used"), used);
    write(part(".rest"), rest);
    part(".head").classList.toggle("over", over);
    turn(part(".undo"), "Undo", history.undoable === null ? "Nothing to undo." : "", `Undo: ${history.undoable}`);
    turn(part(".redo"), "Redo", history.redoable === null ? "Nothing to redo." : "", `Redo: ${history.redoable}`);
    const isBlank = board().shots.length === 0;
    part(".blank").hidden = !isBlank;
    list.hidden = editor.view === "table" || isBlank;
    part(".sheet").hidden = editor.view !== "table" || isBlank;
    write(part(".add span"), isBlank ? "Add the first shot" : "Add shot");
    mark(part(".add"), "aria-disabled", String(full !== ""));
    mark(part(".add"), "aria-describedby", full === "" ? "" : "full");
    const isBeyond = board().shots.length > mostShots(budget);
    write(part(".full"), isBeyond ? `${full.slice(0, -1)}; there are ${board().shots.length}.` : full);
    part(".full").classList.toggle("bad", isBeyond);
    part(".lengths").hidden = !data().text_only;
    part(".lengths input").checked = board().write_lengths;
    part(`.views [value="${editor.view}"]`).checked = true;
    write(part(".news .problem"), data().problems[""] ?? "");
  };

  // The page's own head covers the top of what scrolls, where it is not see-through.
  editor.measure = () => {
    const head = document.querySelector("header");
    const isSeen = head !== null && !/^rgba\(.*, 0\)$|^transparent$/.test(getComputedStyle(head).backgroundColor);
    root.style.setProperty("--top", isSeen ? `${head.offsetHeight}px` : "0px");
  };

  // The focus

  // Focuses a field ("area", "seconds") or a button (its `data-act`) of the shot at a place, or of the last one.
  editor.focusOn = (index, name = "area") => {
    const shot = editor.shown(Math.min(index, board().shots.length - 1));
    if (shot === undefined) return part(".add").focus();
    const field = { area: shot.area, seconds: shot.seconds }[name];
    (field ?? shot.element.querySelector(`[data-act="${name}"]`) ?? shot.area).focus();
    return shot.element.scrollIntoView({ block: "nearest" });
  };

  // Where the focus is, among the shots; `refocus` puts it back near there, if its shot has gone meanwhile.
  editor.focusedShot = () => {
    const element = root.getRootNode().activeElement?.closest(".shot");
    return element ? { element, index: [...element.parentElement.children].indexOf(element) } : null;
  };
  editor.refocus = (focused) => {
    if (focused !== null && !focused.element.isConnected) editor.focusOn(focused.index);
  };

  // A browser that brings a field into view thinks of its caret, and not of the head that stays above.
  const uncover = (target) => {
    const hidden = part(".head").getBoundingClientRect().bottom - target.getBoundingClientRect().top;
    if (hidden > 0) scrollerOf(root).scrollTop -= hidden + 8;
  };

  // What Python says

  editor.replace = (next, said) => {
    drag.cancel();
    const focused = editor.focusedShot();
    const what = said.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase());
    editor.history.change(next, what || "the storyboard replaced");
    editor.forgetAll();
    editor.render();
    editor.refocus(focused);
    if (!said) return;
    editor.say(said);
    catchFocus();
  };

  // The button that asked for a replacement may go with its panel, a moment later: the focus must not end nowhere.
  const catchFocus = (looks = 20) => {
    if (document.activeElement === document.body) editor.focusOn(0, "hold");
    else if (looks > 0 && !root.getRootNode().activeElement) setTimeout(() => catchFocus(looks - 1), 100);
  };

  // Python has heard of everything: what it says is about what stands here.
  editor.trust = () => {
    if (editor.unsure.size === 0) return;
    editor.unsure.clear();
    editor.render();
  };

  // What comes from the page

  editor.hearOfPaste = createPasting(root, editor, (rows) => trigger("paste", rows));
  listenToKeys(root, editor, () => trigger("submit"));

  root.addEventListener("input", ({ target, timeStamp }) => {
    const shot = editor.shotOf(target);
    if (shot === undefined) return;
    if (target === shot.seconds) return void editor.typing.read(shot);
    const index = editor.indexOf(shot.id);
    const merge = `text ${shot.id}`;
    editor.steps.act(writeShot(board(), index, target.value), `text of shot ${index + 1}`, { merge, at: timeStamp });
  });

  // The browser's own undo knows one field, and nothing of what is done to the board.
  root.addEventListener("beforeinput", (event) => {
    const which = { historyUndo: "undo", historyRedo: "redo" }[event.inputType];
    if (which === undefined) return;
    event.preventDefault();
    editor.steps.turnBack(which);
  });

  root.addEventListener("change", ({ target }) => {
    if (target.name === "view") {
      shots.forEach(({ element }) => element.remove());
      shots.clear();
      editor.view = target.value;
      editor.remember();
      editor.render();
    } else if (target.type === "checkbox") {
      const what = target.checked ? "lengths written into the texts" : "lengths left out of the texts";
      editor.steps.act(writeLengths(board(), target.checked), what);
    }
  });

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-act]");
    const step = editor.steps.byButton[button?.dataset.act];
    if (step === undefined) return;
    if (button.getAttribute("aria-disabled") === "true") editor.say(button.title || whyFull());
    else step(editor.indexOf(editor.shotOf(button)?.id));
  });

  root.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".handle");
    if (handle !== null) drag.begin(event, handle.closest(".shot"));
  });

  root.addEventListener("focusin", ({ target }) => {
    if (editor.shotOf(target) !== undefined) requestAnimationFrame(() => uncover(target));
    // Of the buttons of a shot one is reached by Tab: the last used.
    const buttons = target.closest(".actions")?.querySelectorAll("button") ?? [];
    for (const button of buttons) mark(button, "tabindex", button === target ? "0" : "-1");
  });

  root.addEventListener("focusout", ({ target, relatedTarget }) => {
    const shot = editor.shotOf(target);
    if (shot !== undefined && target === shot.seconds) editor.typing.end(shot);
    if (!root.contains(relatedTarget)) reports.now();
  });
  return editor;
}

// Puts `elements` in this order as all that is in `place`. What has the focus (it is in `held`) must not leave the
// document meanwhile, or it would lose it: a browser that cannot move within it moves the others around.
function arrange(place, elements, held) {
  const canMove = "moveBefore" in place;
  const put = (element, before) => {
    if (canMove && element.parentNode === place) place.moveBefore(element, before);
    else place.insertBefore(element, before);
  };
  const middle = canMove ? -1 : elements.indexOf(held);
  for (let n = middle - 1; n >= 0; n -= 1) {
    if (elements[n + 1].previousElementSibling !== elements[n]) put(elements[n], elements[n + 1]);
  }
  for (let n = middle + 1; n < elements.length; n += 1) {
    const there = n > 0 ? elements[n - 1].nextElementSibling : place.firstElementChild;
    if (there === elements[n]) continue;
    if (there !== null && there !== held && there.nextElementSibling === elements[n]) {
      // It goes further down: rather one that moves than all that follow it.
      const after = elements.slice(elements.indexOf(there) + 1);
      put(there, after.find((element) => element.parentNode === place) ?? null);
    } else put(elements[n], there);
  }
}

function recall(key) {
  if (kept.has(key)) return kept.get(key);
  const left = unheard.get(key);
  if (typeof left?.revision !== "string" || !Array.isArray(left.board?.shots)) return undefined;
  return { revision: left.revision, history: createHistory(left.board), view: "cards" };
}

// Decides whose board is shown, after each run of the page.
function settle(editor, data) {
  const fresh = editor.revision === null;
  const before = fresh ? recall(data.key) : editor;
  const replaced = isReplaced(before, data.revision);
  editor.history = before?.history ?? createHistory(data.board);
  editor.view = before?.view ?? editor.view;
  editor.revision = replaced ? data.revision : before.revision;
  if (before && replaced) editor.replace(data.board, data.said);
  else editor.render();
  editor.remember();
  // A replacement is confirmed, so that a server which starts again finds it and not the board before it.
  const confirms = before !== undefined && replaced;
  const behind = fresh && !replaced && !sameBoard(editor.history.board, data.board);
  if (confirms || behind) editor.reports.soon();
  // Here again with what Python has: it was heard, though its receipt went to an editor that is gone.
  if (fresh && !confirms && !behind) unheard.remove(data.key);
  if (!editor.reports.heard(data.receipt)) return;
  unheard.remove(data.key);
  editor.trust();
}

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".storyboard");
  if (!editors.has(root)) editors.set(root, createEditor(root));
  const editor = editors.get(root);
  editor.component = component;
  if (JSON.stringify(editor.budget) !== JSON.stringify(data.budget)) editor.budget = data.budget;
  editor.measure();
  settle(editor, data);
  editor.hearOfPaste(data.pasted);
  watchForLeaving(editor.reports);
  window.addEventListener("resize", editor.measure); // the same function is never listened to twice
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the editor.
    if (editor.component !== component) return;
    editor.drag.cancel();
    editor.reports.end();
    stopWatching(editor.reports);
    window.removeEventListener("resize", editor.measure);
  };
}
