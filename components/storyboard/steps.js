// What can be done to the board on the screen, step by step: each is shown, said, reported, and can be undone.

function createSteps(editor) {
  const board = () => editor.history.board;
  const lasts = () => `the video is ${boardSeconds(board())} s now`;
  const steps = {};

  // Makes `next` the board, as one step that `what` names; then says `said()` and calls `then`. Whether anything
  // changed. For `merge` and `at` see `createHistory`.
  steps.act = (next, what, { merge = null, at = 0, said = null, then = null } = {}) => {
    if (!editor.history.change(next, what, merge, at)) return false;
    editor.changed();
    if (said !== null) editor.say(said());
    then?.();
    return true;
  };

  steps.add = (after) => {
    const before = board();
    const next = addShot(before, editor.budget, after);
    const index = next.shots.findIndex((shot) => !before.shots.some(({ id }) => id === shot.id));
    editor.unsure.add(next.shots[index]?.id);
    steps.act(next, `shot ${index + 1} added`, {
      said: () => `Shot ${index + 1} added; ${lasts()}.`,
      then: () => editor.focusOn(index),
    });
  };

  steps.duplicate = (index) => {
    const next = duplicateShot(board(), editor.budget, index);
    editor.unsure.add(next.shots[index + 1]?.id);
    steps.act(next, `shot ${index + 1} duplicated`, {
      said: () => `Shot ${index + 1} duplicated; ${lasts()}.`,
      // Where a finger taps, a text that takes the focus would bring up the keyboard.
      then: () => editor.focusOn(index + 1, matchMedia("(pointer: coarse)").matches ? "hold" : "area"),
    });
  };

  steps.delete = (index) => {
    steps.act(deleteShot(board(), index), `shot ${index + 1} deleted`, {
      said: () => `Shot ${index + 1} deleted; ${board().shots.length > 0 ? lasts() : "no shot is left"}.`,
      then: () => editor.focusOn(index, "delete"),
    });
  };

  steps.move = (from, to) => {
    steps.act(moveShot(board(), from, to), `shot ${from + 1} moved to place ${to + 1}`, {
      said: () => `Shot moved to place ${to + 1} of ${board().shots.length}.`,
      then: () => editor.shown(to).element.scrollIntoView({ block: "nearest" }),
    });
  };

  // Gives a shot the seconds that it has in `next`.
  steps.setSeconds = (next, index, isSaid = true) => {
    const { seconds } = next.shots[index];
    const said = () => {
      const { rest } = describeTime(board(), editor.budget);
      return `Shot ${index + 1} takes ${seconds} s${rest ? `; ${rest}` : ""}.`;
    };
    editor.forget(editor.shown(index));
    steps.act(next, `shot ${index + 1} set to ${seconds} s`, { said: isSaid ? said : null });
  };

  // `which`: "undo" or "redo".
  steps.turnBack = (which) => {
    editor.drag.cancel();
    const focused = editor.focusedShot();
    const step = editor.history[which]();
    if (step === null) return editor.say(`Nothing to ${which}.`);
    editor.forgetAll();
    editor.changed();
    editor.refocus(focused);
    return editor.say(`${which === "undo" ? "Undone" : "Redone"}: ${step}; ${lasts()}.`);
  };

  // By the `data-act` of a button; the place of its shot is passed in.
  steps.byButton = {
    undo: () => steps.turnBack("undo"),
    redo: () => steps.turnBack("redo"),
    add: () => steps.add(),
    after: (index) => steps.add(index),
    duplicate: steps.duplicate,
    delete: steps.delete,
    up: (index) => steps.move(index, index - 1),
    down: (index) => steps.move(index, index + 1),
    longer: (index) => steps.setSeconds(lengthenShot(board(), editor.budget, index), index),
    shorter: (index) => steps.setSeconds(shortenShot(board(), editor.budget, index), index),
    use: (index) => {
      steps.setSeconds(setSeconds(board(), editor.budget, index, editor.shown(index).use), index);
      editor.focusOn(index, "seconds");
    },
  };
  return steps;
}
