// What every field shares that keeps what is typed: counting, and reporting to Python while it is typed.
//
// An inline component of Streamlit cannot import a module, so Python puts this text before the text of the
// component that uses it: `typing.js` + `prompt.js` is one module. Functions only; nothing runs on loading.

// At most so long after a key was pressed Python knows what it wrote, however long the typing goes on.
const REPORT_EVERY_MS = 300;

// Characters as Python's len() and JSON Schema count them: code points, where JavaScript counts UTF-16 units.
function countCharacters(text) {
  const pairs = text.match(/[\ud800-\udbff][\udc00-\udfff]/g);
  return text.length - (pairs === null ? 0 : pairs.length);
}

// How full a field is, for the counter under it. Without a limit (null) nothing is ever over.
function describeLength(count, limit) {
  const number = (value) => value.toLocaleString("en-US");
  if (limit === null) {
    return { text: count === 1 ? "1 character" : `${number(count)} characters`, over: false };
  }
  const excess = count - limit;
  const standing = `${number(count)} / ${number(limit)}`;
  return excess > 0
    ? { text: `${standing}, ${number(excess)} too many`, over: true }
    : { text: standing, over: false };
}

// Calls `send` at most once in `every` ms. Unlike a debounce it does not wait for a pause, so that a reload
// in the middle of a long sentence costs a word at most. `now` sends what waits, if anything does.
function createReporter(send, every = REPORT_EVERY_MS) {
  let timer = null;
  const now = () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    send();
  };
  const soon = () => {
    timer ??= setTimeout(now, every);
  };
  return { soon, now };
}

// Says `text` to a screen reader once typing has paused; the same text is not said twice in a row.
function createAnnouncer(region, pause = 1000) {
  let timer = null;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (region.textContent !== text) region.textContent = text;
    }, pause);
  };
}
