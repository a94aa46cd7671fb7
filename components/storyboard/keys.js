// The keyboard: Ctrl+Enter, undo and redo everywhere; the handle, the seconds, the buttons and the table each with
// their arrows.

// A second Ctrl+Enter so soon after the first, on the same board, is a slip of the finger, and each press may cost
// money.
const PRESS_AGAIN_MS = 1000;

// What a key that is held down does once, and not again and again.
const ONE_AT_A_TIME = ["delete", "duplicate", "after", "add"].map((act) => `[data-act="${act}"]`).join();

// The letter of a key, by its place on keyboards that have others.
function letter({ key, code }) {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace(/^Key/, "").toLowerCase();
}

// Listens to the keys in `root`. `submit()` sends the board.
function listenToKeys(root, editor, submit) {
  const count = () => editor.history.board.shots.length;
  let pressed = -Infinity;
  let sent = null; // the board that stood there then

  const press = (event, shot) => {
    // The page's button may have the same shortcut: it must not be pressed a second time.
    event.preventDefault();
    event.stopPropagation();
    // It says what is wrong; nothing is sent.
    if (shot?.typed?.isWrong) return void editor.typing.end(shot);
    const { board } = editor.history;
    if (event.repeat || (board === sent && event.timeStamp - pressed < PRESS_AGAIN_MS)) return;
    pressed = event.timeStamp;
    sent = board;
    submit();
  };

  const turnBack = (event, shot) => {
    event.preventDefault();
    const which = letter(event) === "y" || event.shiftKey ? "redo" : "undo";
    const isWrong = shot?.typed?.isWrong && event.target === shot.seconds;
    if (isWrong && which === "undo") editor.forget(shot);
    else editor.steps.turnBack(which);
  };

  const move = (event, index) => {
    const last = count() - 1;
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to === index || to < 0 || to > last) editor.say(`This is the ${to > 0 ? "last" : "first"} place already.`);
    else editor.steps.move(index, to);
  };

  const walk = (event, bar) => {
    const buttons = [...bar.querySelectorAll("button")];
    const at = buttons.indexOf(event.target);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  };

  const change = (event, shot) => {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      editor.typing.step(shot, event.key === "ArrowUp");
    } else if (event.key === "Escape") editor.typing.takeBack(shot);
    else if (event.key === "Enter") editor.typing.end(shot);
  };

  // In the table Enter goes down; with Alt or Shift it is a new line, as in a spreadsheet.
  const goDown = (event, shot, index) => {
    if (event.shiftKey) return;
    event.preventDefault();
    if (event.altKey) document.execCommand("insertText", false, "\n");
    else if (index + 1 < count()) editor.focusOn(index + 1, event.target === shot.seconds ? "seconds" : "area");
    else root.querySelector(".add").focus();
  };

  root.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key, target } = event;
    if (event.repeat && (key === "Enter" || key === " ") && target.matches(ONE_AT_A_TIME)) {
      return event.preventDefault();
    }
    const withControl = event.ctrlKey || event.metaKey;
    const shot = editor.shotOf(target);
    const index = shot === undefined ? -1 : editor.indexOf(shot.id);
    if (withControl && key === "Enter") press(event, shot);
    else if (withControl && !event.altKey && /^[zy]$/.test(letter(event))) turnBack(event, shot);
    else if (withControl || shot === undefined) return;
    else if (target.matches(".handle")) move(event, index);
    else if (target.closest(".actions") !== null) walk(event, target.closest(".actions"));
    else if (key === "Enter" && editor.view === "table" && target.matches("textarea, input")) {
      goDown(event, shot, index);
    } else if (target === shot.seconds) change(event, shot);
  });
}
