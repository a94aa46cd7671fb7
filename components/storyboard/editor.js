// The storyboard editor. The browser holds the board while somebody edits it: a rerun of the page never touches it.
// Python replaces it by a new revision, and by nothing else; that is one step, to be undone like any other.
//
// Streamlit calls the default export again whenever the data or the theme changes, and may end the element and make
// another one in its place when the page above it changes. `kept` outlives that, history and all, until the tab
// reloads; `unheard` outlives the reload.

const editors = new WeakMap(); // root element -> its editor
const kept = new Map(); // key of the editor -> {revision, history, view}

// A second Ctrl+Enter so soon after the first is a slip of the finger, and each press may cost money.
const PRESS_AGAIN_MS = 1000;
// So long after rows were pasted Python has surely read them, if it has heard of them at all.
const PASTED_WITHIN_MS = 6000;
const NOTHING = { problem: "", sent: "", spoken: null };

function createEditor(root) {
  const part = (selector) => root.querySelector(selector);
  const [list, body, status] = [part(".cards"), part("tbody"), part(".status")];
  const announce = createAnnouncer(status);
  const drawTime = createTimeBar(part(".bar"), (index) => focusOn(index));
  const drag = createDrag(list, part(".head"), (from, to) => move(from, to));
  const editor = { root, component: null, revision: null, history: null, view: "cards", budget: null };
  const shots = new Map(); // id of a shot -> how it is shown
  const unsure = new Set(); // ids of shots that are newer than what Python says about them
  let pressed = -Infinity;
  let pasting = null; // what was pasted and has not been answered yet
  let edits = 0;

  const board = () => editor.history.board;
  const data = () => editor.component.data;
  const indexOf = (id) => board().shots.findIndex((shot) => shot.id === id);
  const shown = (index) => shots.get(board().shots[index]?.id);
  const lasts = () => `the video is ${boardSeconds(board())} s now`;
  const held = () => root.getRootNode().activeElement;

  // What is sent

  // Far more than any model takes is not sent at all; Python then says so.
  const contents = () => {
    const count = board().shots.reduce((sum, shot) => sum + countCharacters(shot.text), 0);
    return { revision: editor.revision, board: count > data().most ? null : board() };
  };

  const reports = createReporter((receipt) => {
    editor.component.setStateValue("report", { ...contents(), receipt });
  });
  editor.reports = reports;

  editor.remember = () => {
    const { key } = data();
    const { revision, history, view } = editor;
    kept.set(key, { revision, history, view });
  };

  // What is said

  // Shows a sentence, and tells it to a screen reader: again too, when the same is said twice.
  const say = (text, isWrong = false) => {
    announce(text);
    status.textContent = status.textContent === text ? `${text}\u00a0` : text;
    status.classList.toggle("bad", isWrong);
  };
  editor.say = say;

  const why = () => {
    if (!isFull(board(), editor.budget)) return "";
    const { most_shots: most } = editor.budget;
    return most !== null && most <= MOST_SHOTS
      ? `This model takes at most ${most} ${most === 1 ? "shot" : "shots"}.`
      : `A storyboard holds at most ${MOST_SHOTS} shots.`;
  };

  // What is shown

  const notesOn = (id) => {
    const { problems, sent, spoken } = data();
    if (unsure.has(id)) return NOTHING;
    return { problem: problems[id] ?? "", sent: sent[id] ?? "", spoken: spoken[id] ?? null };
  };

  editor.render = () => {
    const { budget } = editor;
    const inTable = editor.view === "table";
    const place = inTable ? body : list;
    const template = part(inTable ? ".row-of-a-shot" : ".card-of-a-shot");
    const focused = held();
    const ids = new Set(board().shots.map((shot) => shot.id));
    for (const [id, { element }] of shots) {
      if (ids.has(id)) continue;
      shots.delete(id); // first: leaving a field of its may be heard while it goes
      element.remove();
    }
    const elements = board().shots.map((shot) => {
      if (!shots.has(shot.id)) shots.set(shot.id, createShot(template, shot.id, announce));
      return shots.get(shot.id).element;
    });
    arrange(place, elements, focused?.closest(".shot"));
    const around = { board: board(), left: secondsLeft(board(), budget), budget, full: why() };
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
    for (const [act, step] of [["undo", history.undoable], ["redo", history.redoable]]) {
      const label = act === "undo" ? "Undo" : "Redo";
      const button = part(`.${act}`);
      turn(button, label, step === null ? `Nothing to ${act}.` : "");
      if (step !== null) mark(button, "title", `${label}: ${step}`);
    }
    const isBlank = board().shots.length === 0;
    part(".blank").hidden = !isBlank;
    list.hidden = editor.view === "table" || isBlank;
    part(".sheet").hidden = editor.view !== "table" || isBlank;
    const add = part(".add");
    write(add.querySelector("span"), isBlank ? "Add the first shot" : "Add shot");
    mark(add, "aria-disabled", String(full !== ""));
    mark(add, "aria-describedby", full === "" ? "" : "full");
    const beyond = board().shots.length > mostShots(budget);
    write(part(".full"), beyond ? `${full.slice(0, -1)}; there are ${board().shots.length}.` : full);
    part(".full").classList.toggle("bad", beyond);
    part(".lengths").hidden = !data().text_only;
    part(".lengths input").checked = board().write_lengths;
    part(`.views [value="${editor.view}"]`).checked = true;
    write(part(".news .problem"), data().problems[""] ?? "");
  };

  // What is done

  // Makes `next` the board, as one step that `what` names; `then` runs once it is shown. Whether anything changed.
  const act = (next, what, { merge = null, at = 0, said = null, then = null } = {}) => {
    if (!editor.history.change(next, what, merge, at)) return false;
    changed();
    if (said !== null) say(said());
    then?.();
    return true;
  };

  const changed = () => {
    unheard.put(data().key, { revision: editor.revision, board: board() });
    editor.remember();
    editor.render();
    reports.soon();
  };

  const focusOn = (index, name = "area") => {
    const shot = shown(Math.min(index, board().shots.length - 1));
    if (shot === undefined) return part(".add").focus();
    const target = name === "area" || name === "seconds" ? shot[name] : null;
    (target ?? shot.element.querySelector(`[data-act="${name}"]`) ?? shot.area).focus();
    return shot.element.scrollIntoView({ block: "nearest" });
  };

  // Where a finger taps, a text that takes the focus brings up the keyboard: rather a button then.
  const focusText = (index) => focusOn(index, matchMedia("(pointer: coarse)").matches ? "hold" : "area");

  const add = (after) => {
    const before = board();
    const next = addShot(before, editor.budget, after);
    const index = next.shots.findIndex((shot) => !before.shots.some(({ id }) => id === shot.id));
    unsure.add(next.shots[index]?.id);
    act(next, `shot ${index + 1} added`, {
      said: () => `Shot ${index + 1} added; ${lasts()}.`,
      then: () => focusOn(index),
    });
  };

  const move = (from, to) => {
    act(moveShot(board(), from, to), `shot ${from + 1} moved to place ${to + 1}`, {
      said: () => `Shot moved to place ${to + 1} of ${board().shots.length}.`,
      then: () => shown(to).element.scrollIntoView({ block: "nearest" }),
    });
  };

  const remove = (index) => {
    act(deleteShot(board(), index), `shot ${index + 1} deleted`, {
      said: () => `Shot ${index + 1} deleted; ${board().shots.length > 0 ? lasts() : "no shot is left"}.`,
      then: () => focusOn(index, "delete"),
    });
  };

  const duplicate = (index) => {
    const next = duplicateShot(board(), editor.budget, index);
    unsure.add(next.shots[index + 1]?.id);
    act(next, `shot ${index + 1} duplicated`, {
      said: () => `Shot ${index + 1} duplicated; ${lasts()}.`,
      then: () => focusText(index + 1),
    });
  };

  const tellSeconds = (index) => {
    const { rest } = describeTime(board(), editor.budget);
    return `Shot ${index + 1} takes ${board().shots[index].seconds} s${rest ? `; ${rest}` : ""}.`;
  };

  const reSecond = (next, index, isSaid = true) => {
    forget(shown(index));
    const seconds = next.shots[index].seconds;
    act(next, `shot ${index + 1} set to ${seconds} s`, { said: isSaid ? () => tellSeconds(index) : null });
  };

  const turnBack = (which) => {
    const step = editor.history[which]();
    if (step === null) return say(`Nothing to ${which}.`);
    const focused = held()?.closest(".shot");
    const index = focused ? [...focused.parentElement.children].indexOf(focused) : -1;
    for (const shot of shots.values()) forget(shot);
    changed();
    if (focused && !focused.isConnected) focusOn(index);
    return say(`${which === "undo" ? "Undone" : "Redone"}: ${step}; ${lasts()}.`);
  };

  const ACTS = {
    undo: () => turnBack("undo"),
    redo: () => turnBack("redo"),
    add: () => add(),
    after: (index) => add(index),
    duplicate,
    delete: remove,
    up: (index) => move(index, index - 1),
    down: (index) => move(index, index + 1),
    longer: (index) => reSecond(lengthenShot(board(), editor.budget, index), index),
    shorter: (index) => reSecond(shortenShot(board(), editor.budget, index), index),
    use: (index) => {
      reSecond(setSeconds(board(), editor.budget, index, shown(index).use), index);
      focusOn(index, "seconds");
    },
  };

  // Seconds are typed: whatever is a length of a shot counts at once. Anything else counts as what was there before,
  // and a sentence says what would be right; while it may yet become a length, not before the field is left.

  // What was typed and is no length gives way to the seconds that the shot has.
  const forget = (shot) => {
    shot.complain("");
    if (shot.typed === null) return;
    shot.typed = null;
    shot.seconds.value = board().shots[indexOf(shot.id)]?.seconds ?? "";
  };

  const typeSeconds = (shot) => {
    const index = indexOf(shot.id);
    const before = shot.typed?.before ?? board().shots[index].seconds;
    shot.typed ??= { before, merge: `seconds ${++edits}` };
    const text = shot.seconds.value.trim();
    const lengths = editor.budget.lengths.map(String);
    const seconds = lengths.includes(text) ? Number(text) : before;
    shot.typed.isWrong = !lengths.includes(text);
    shot.complain(lengths.some((length) => length.startsWith(text)) ? "" : takes());
    const next = changeShot(board(), index, { seconds });
    act(next, `seconds of shot ${index + 1}`, { merge: shot.typed.merge });
  };

  const leaveSeconds = (shot) => {
    if (shot.typed === null) return;
    const { isWrong } = shot.typed;
    forget(shot);
    if (!isWrong) return;
    const stays = `${takes()} It stays at ${shot.seconds.value} s.`;
    shot.complain(stays);
    say(stays, true);
  };

  const takeBack = (shot, index) => {
    const { typed } = shot;
    forget(shot);
    if (typed === null) return;
    const next = changeShot(board(), index, { seconds: typed.before });
    act(next, `seconds of shot ${index + 1}`, { merge: typed.merge });
  };

  const takes = () => {
    const { lengths } = editor.budget;
    return `A shot takes ${lengthsInWords(lengths)}${lengths.length > 2 ? ", in whole seconds" : ""}.`;
  };

  // What comes from the page

  const shotOf = (target) => shots.get(target.closest(".shot")?.dataset.shot);

  root.addEventListener("input", (event) => {
    const { target } = event;
    const shot = shotOf(target);
    if (shot === undefined) return;
    if (target === shot.seconds) return void typeSeconds(shot);
    const index = indexOf(shot.id);
    act(writeShot(board(), index, target.value), `text of shot ${index + 1}`, {
      merge: `text ${shot.id}`,
      at: event.timeStamp,
    });
  });

  root.addEventListener("change", ({ target }) => {
    if (target.name === "view") {
      shots.forEach(({ element }) => element.remove());
      shots.clear();
      editor.view = target.value;
      editor.remember();
      editor.render();
    } else if (target.type === "checkbox") {
      const wanted = target.checked;
      act(writeLengths(board(), wanted), wanted ? "lengths written into the texts" : "lengths left out of the texts");
    }
  });

  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-act]");
    if (button === null || button.dataset.act === "hold") return;
    if (button.getAttribute("aria-disabled") === "true") {
      say(button === part(".add") ? why() : button.title);
      return;
    }
    ACTS[button.dataset.act](indexOf(shotOf(button)?.id));
  });

  root.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".handle");
    if (handle !== null) drag.begin(event, handle.closest(".shot"));
  });

  // A browser that brings a field into view thinks of its caret, and not of the head that stays above.
  const uncover = (target) => {
    const hidden = part(".head").getBoundingClientRect().bottom - target.getBoundingClientRect().top;
    if (hidden > 0) scrollerOf(root).scrollTop -= hidden + 8;
  };

  root.addEventListener("focusin", ({ target }) => {
    if (shotOf(target) !== undefined) requestAnimationFrame(() => uncover(target));
    const bar = target.closest(".actions");
    bar?.querySelectorAll("button").forEach((button) => mark(button, "tabindex", button === target ? "0" : "-1"));
  });

  root.addEventListener("focusout", ({ target, relatedTarget }) => {
    const shot = shotOf(target);
    if (shot !== undefined && target === shot.seconds) leaveSeconds(shot);
    if (!root.contains(relatedTarget)) reports.now();
  });

  // The browser's own undo knows one field, and nothing of what is done to the board.
  root.addEventListener("beforeinput", (event) => {
    const which = { historyUndo: "undo", historyRedo: "redo" }[event.inputType];
    if (which === undefined) return;
    event.preventDefault();
    turnBack(which);
  });

  const submit = (event) => {
    // The page's button may have the same shortcut: it must not be pressed a second time.
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat || event.timeStamp - pressed < PRESS_AGAIN_MS) return;
    pressed = event.timeStamp;
    reports.now();
    editor.component.setTriggerValue("submit", contents());
  };

  const undoByKey = (event) => {
    event.preventDefault();
    const shot = shotOf(event.target);
    const isWrong = shot?.typed?.isWrong && event.target === shot.seconds;
    const key = letter(event);
    if (isWrong && key === "z" && !event.shiftKey) forget(shot);
    else turnBack(key === "y" || event.shiftKey ? "redo" : "undo");
  };

  const moveByKey = (event, index) => {
    const last = board().shots.length - 1;
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to === index || to < 0 || to > last) say(`This is the ${to > 0 ? "last" : "first"} place already.`);
    else move(index, to);
  };

  const walk = (event, bar) => {
    const buttons = [...bar.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    const last = buttons.length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[(to + buttons.length) % buttons.length].focus();
  };

  const goDown = (event, shot, index) => {
    if (event.altKey) {
      document.execCommand("insertText", false, "\n");
    } else if (!event.shiftKey) {
      if (index + 1 < board().shots.length) focusOn(index + 1, event.target === shot.seconds ? "seconds" : "area");
      else part(".add").focus();
    } else return;
    event.preventDefault();
  };

  root.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key, target } = event;
    const withControl = event.ctrlKey || event.metaKey;
    const shot = shotOf(target);
    const index = shot === undefined ? -1 : indexOf(shot.id);
    if (key === "Enter" && withControl) submit(event);
    else if (withControl && !event.altKey && /^[zy]$/.test(letter(event))) undoByKey(event);
    else if (withControl || shot === undefined) return;
    else if (target.matches(".handle")) moveByKey(event, index);
    else if (target.closest(".actions") !== null) walk(event, target.closest(".actions"));
    else if (target === shot.seconds && /^Arrow(Up|Down)$/.test(key)) {
      event.preventDefault();
      stepByKey(key === "ArrowUp", shot, index);
    } else if (target === shot.seconds && key === "Escape") {
      takeBack(shot, index);
    } else if (key === "Enter" && editor.view === "table" && target.matches("textarea, input")) {
      goDown(event, shot, index);
    } else if (key === "Enter" && target === shot.seconds) leaveSeconds(shot);
  });

  const stepByKey = (isLonger, shot, index) => {
    const { budget } = editor;
    const next = (isLonger ? lengthenShot : shortenShot)(board(), budget, index);
    if (next !== board()) return reSecond(next, index, false); // the field itself says its seconds
    const now = board().shots[index];
    return say(isLonger ? whyNotLonger(now, secondsLeft(board(), budget), budget) : whyNotShorter(now, budget));
  };

  // Several cells at once go to Python, which reads them as it reads a file. Once they are there, they are a new
  // revision of the board. One cell is pasted as ever.
  root.addEventListener("paste", (event) => {
    const shot = shotOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (editor.view !== "table" || shot === undefined || !/[\t\n\r]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    if (text.length > data().most) {
      say("That is more than a storyboard can hold. Please paste fewer rows.", true);
      return;
    }
    const id = `${performance.timeOrigin}-${event.timeStamp}`;
    clearTimeout(pasting?.timer);
    const timer = setTimeout(() => {
      pasting = null;
      say("The pasted rows have not arrived. Please paste them again.", true);
    }, PASTED_WITHIN_MS);
    pasting = { id, timer };
    say("Reading the pasted rows…");
    forget(shot);
    reports.now();
    const where = { at: indexOf(shot.id), column: event.target === shot.seconds ? "seconds" : "text" };
    editor.component.setTriggerValue("paste", { ...contents(), ...where, id, text });
  });

  editor.hearOfPaste = ({ id, problem }) => {
    if (pasting === null || pasting.id !== id) return;
    clearTimeout(pasting.timer);
    pasting = null;
    if (problem) say(problem, true);
  };

  editor.replace = (next, said) => {
    drag.cancel();
    for (const shot of shots.values()) forget(shot);
    const focused = held()?.closest(".shot");
    const index = focused ? [...focused.parentElement.children].indexOf(focused) : -1;
    const what = said.replace(/\.$/, "").replace(/^./, (first) => first.toLowerCase());
    editor.history.change(next, what || "the storyboard replaced");
    editor.render();
    if (focused && !focused.isConnected) focusOn(index);
    if (said) say(said);
  };

  // Python has heard of everything: what it says is about what stands here.
  editor.trust = () => {
    if (unsure.size === 0) return;
    unsure.clear();
    editor.render();
  };
  // The page's own head covers the top of what scrolls, where it is not see-through.
  editor.measure = () => {
    const head = document.querySelector("header");
    const isSeen = head !== null && !/^rgba\(.*, 0\)$|^transparent$/.test(getComputedStyle(head).backgroundColor);
    root.style.setProperty("--top", isSeen ? `${head.offsetHeight}px` : "0px");
  };
  editor.leave = reports.now;
  editor.hide = () => {
    if (document.visibilityState === "hidden") reports.now();
  };
  return editor;
}

// The letter of a key, by its place on keyboards that have others.
function letter({ key, code }) {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace(/^Key/, "").toLowerCase();
}

// Puts `elements` in this order as all that is in `place`. The one that is held is not touched, or it would lose the
// focus: the others move around it.
function arrange(place, elements, fixed) {
  const middle = elements.indexOf(fixed);
  if (middle < 0) {
    elements.forEach((element, n) => {
      if (place.children[n] !== element) place.insertBefore(element, place.children[n] ?? null);
    });
    return;
  }
  for (let n = middle - 1; n >= 0; n -= 1) {
    if (elements[n + 1].previousElementSibling !== elements[n]) elements[n + 1].before(elements[n]);
  }
  for (let n = middle + 1; n < elements.length; n += 1) {
    if (elements[n - 1].nextElementSibling !== elements[n]) elements[n - 1].after(elements[n]);
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
  // The empty revision is Python's first word in a session, which may be a new one (the server was started again)
  // behind an open page: it says nothing against a board that is already here.
  const replaced = !before || (data.revision !== "" && data.revision !== before.revision);
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
  // The same function is never listened to twice, so that this may run again and again.
  document.addEventListener("visibilitychange", editor.hide);
  // A tap takes the focus and clicks in the same moment; Streamlit sends a report only in the next one, and one that
  // overtakes a click on another page brings the old page back. The finger is down well before.
  document.addEventListener("pointerdown", editor.leave, true);
  window.addEventListener("pagehide", editor.leave);
  window.addEventListener("resize", editor.measure);
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the editor.
    if (editor.component !== component) return;
    editor.reports.end();
    document.removeEventListener("visibilitychange", editor.hide);
    document.removeEventListener("pointerdown", editor.leave, true);
    window.removeEventListener("pagehide", editor.leave);
    window.removeEventListener("resize", editor.measure);
  };
}
