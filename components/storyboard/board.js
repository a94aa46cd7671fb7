// A board in the browser, as plain data: {shots: [{id, text, seconds}], write_lengths}, and what can be done to it.
//
// The same operations with the same results as the methods of Board in `storyboard.py`, ids included; a test holds
// the two against each other. Each gives a new board and leaves the old one as it was; one that is not possible, or
// changes nothing, gives the very same object back.

const MOST_SHOTS = 200;

function boardSeconds(board) {
  return board.shots.reduce((sum, shot) => sum + shot.seconds, 0);
}

// Seconds that are left, negative when the board is over; null where there is no limit.
function secondsLeft(board, budget) {
  return budget.totals.length === 0 ? null : budget.totals.at(-1) - boardSeconds(board);
}

function mostShots(budget) {
  return Math.min(budget.most_shots ?? MOST_SHOTS, MOST_SHOTS);
}

function isFull(board, budget) {
  return board.shots.length >= mostShots(budget);
}

function addShot(board, budget, after = board.shots.length - 1) {
  if (isFull(board, budget)) return board;
  const left = secondsLeft(board, budget);
  const fitting = budget.lengths.filter((length) => left === null || length <= left);
  const seconds = fitting.length === 0 ? budget.lengths[0] : Math.min(budget.usual, fitting.at(-1));
  return withShot(board, after + 1, { id: freeId(board), text: "", seconds });
}

function duplicateShot(board, budget, index) {
  if (isFull(board, budget) || !hasShot(board, index)) return board;
  return withShot(board, index + 1, { ...board.shots[index], id: freeId(board) });
}

function deleteShot(board, index) {
  if (!hasShot(board, index)) return board;
  return { ...board, shots: board.shots.filter((_, n) => n !== index) };
}

function moveShot(board, index, to) {
  if (!hasShot(board, index) || !hasShot(board, to) || index === to) return board;
  const shots = board.shots.filter((_, n) => n !== index);
  shots.splice(to, 0, board.shots[index]);
  return { ...board, shots };
}

function writeShot(board, index, text) {
  return changeShot(board, index, { text });
}

function setSeconds(board, budget, index, seconds) {
  return budget.lengths.includes(seconds) ? changeShot(board, index, { seconds }) : board;
}

// The next longer length that a shot may have; undefined where there is none.
function longerLength(seconds, budget) {
  return budget.lengths.find((length) => length > seconds);
}

function shorterLength(seconds, budget) {
  return budget.lengths.findLast((length) => length < seconds);
}

function lengthenShot(board, budget, index) {
  if (!hasShot(board, index)) return board;
  const now = board.shots[index].seconds;
  const longer = longerLength(now, budget);
  const left = secondsLeft(board, budget);
  if (longer === undefined || (left !== null && longer - now > left)) return board;
  return changeShot(board, index, { seconds: longer });
}

function shortenShot(board, budget, index) {
  if (!hasShot(board, index)) return board;
  const shorter = shorterLength(board.shots[index].seconds, budget);
  return shorter === undefined ? board : changeShot(board, index, { seconds: shorter });
}

function writeLengths(board, wanted) {
  return board.write_lengths === wanted ? board : { ...board, write_lengths: wanted };
}

function sameBoard(one, other) {
  return (
    one.write_lengths === other.write_lengths &&
    one.shots.length === other.shots.length &&
    one.shots.every((shot, n) => sameShot(shot, other.shots[n]))
  );
}

function sameShot(one, other) {
  return (
    one === other || (one.id === other.id && one.text === other.text && one.seconds === other.seconds)
  );
}

function hasShot(board, index) {
  return index >= 0 && index < board.shots.length;
}

function withShot(board, at, shot) {
  return { ...board, shots: [...board.shots.slice(0, at), shot, ...board.shots.slice(at)] };
}

function changeShot(board, index, changes) {
  if (!hasShot(board, index)) return board;
  const changed = { ...board.shots[index], ...changes };
  if (sameShot(changed, board.shots[index])) return board;
  return { ...board, shots: board.shots.map((shot, n) => (n === index ? changed : shot)) };
}

function freeId(board) {
  const taken = new Set(board.shots.map((shot) => shot.id));
  let n = taken.size + 1;
  while (taken.has(`s${n}`)) n += 1;
  return `s${n}`;
}

// What was done to a board, to be undone and redone.

const MERGE_WITHIN_MS = 1000;
const MOST_STEPS = 500;

function createHistory(board) {
  let past = []; // {board, what}: as it was, and what was done to it then
  let future = []; // {board, what}: as it was before this was undone, and what was undone
  let last = null; // {merge, at} of the newest step, while another may still become one with it
  const history = {
    board,

    // Makes `next` the board; whether that is a change. `what` says what was done. Steps with the same `merge`
    // become one, until a pause of a second or a step without: nobody undoes letter by letter.
    change(next, what, merge = null, at = 0) {
      if (next === history.board || sameBoard(next, history.board)) return false;
      const merges = merge !== null && last?.merge === merge && at - last.at <= MERGE_WITHIN_MS;
      if (!merges) past = [...past, { board: history.board, what }].slice(-MOST_STEPS);
      last = merge === null ? null : { merge, at };
      future = [];
      history.board = next;
      if (merges && sameBoard(past.at(-1).board, next)) {
        // Written and taken back again: there is nothing to undo.
        history.board = past.pop().board;
        last = null;
      }
      return true;
    },

    // Undoes the newest step; what it was, or null where there is none. `redo` likewise.
    undo: () => turn(past, future),
    redo: () => turn(future, past),

    // What `undo` and `redo` would do; null for nothing.
    get undoable() {
      return past.at(-1)?.what ?? null;
    },
    get redoable() {
      return future.at(-1)?.what ?? null;
    },
  };
  const turn = (from, to) => {
    const step = from.pop();
    if (step === undefined) return null;
    to.push({ board: history.board, what: step.what });
    history.board = step.board;
    last = null;
    return step.what;
  };
  return history;
}
