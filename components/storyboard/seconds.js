// Seconds are typed: whatever is a length of a shot counts at once. Anything else counts as what was there before,
// and a sentence says what would be right; while it may yet become a length ("1" of "10"), not before the field is
// left.

// So long a sentence about a wrong length must have stood there before anything is sent.
const READ_MS = 1000;

function createTyping(editor) {
  const board = () => editor.history.board;
  const typing = {};
  let edits = 0;
  let doubtEnds = -Infinity;

  // Whether something stands in a field, or stood there a moment ago, that is no length: then nothing may be sent,
  // though the board itself is sound. Who presses Generate leaves the field by that, and has not read the sentence.
  typing.isInDoubt = (shots) =>
    performance.now() < doubtEnds || shots.some(({ typed }) => typed !== null && typed.isWrong);

  const takes = () => {
    const { lengths } = editor.budget;
    return `A shot takes ${lengthsInWords(lengths)}${lengths.length > 2 ? ", in whole seconds" : ""}.`;
  };

  // One edit of a field is one step, however long it takes.
  const count = (shot, seconds) => {
    const index = editor.indexOf(shot.id);
    const next = changeShot(board(), index, { seconds });
    editor.steps.act(next, `seconds of shot ${index + 1}`, { merge: shot.typed.merge });
  };

  typing.read = (shot) => {
    const lengths = editor.budget.lengths.map(String);
    const text = shot.seconds.value.trim();
    const before = board().shots[editor.indexOf(shot.id)].seconds;
    shot.typed ??= { before, merge: `seconds ${++edits}` };
    shot.typed.isWrong = !lengths.includes(text);
    editor.reports.soon();
    shot.complain(lengths.some((length) => length.startsWith(text)) ? "" : takes());
    count(shot, shot.typed.isWrong ? shot.typed.before : Number(text));
  };

  typing.end = (shot) => {
    const isWrong = shot.typed?.isWrong;
    if (shot.typed !== null) editor.forget(shot);
    if (!isWrong) return;
    doubtEnds = performance.now() + READ_MS;
    setTimeout(editor.reports.soon, READ_MS + 50);
    const stays = `${takes()} It stays at ${shot.seconds.value} s.`;
    shot.complain(stays);
    editor.say(stays, true);
  };

  typing.takeBack = (shot) => {
    if (shot.typed !== null) count(shot, shot.typed.before);
    editor.forget(shot);
  };

  // By an arrow key. The field itself tells its seconds to a screen reader.
  typing.step = (shot, isLonger) => {
    const { budget } = editor;
    const index = editor.indexOf(shot.id);
    const now = board().shots[index];
    const next = (isLonger ? lengthenShot : shortenShot)(board(), budget, index);
    if (next !== board()) editor.steps.setSeconds(next, index, false);
    else editor.say(isLonger ? whyNotLonger(now, secondsLeft(board(), budget), budget) : whyNotShorter(now, budget));
  };
  return typing;
}
