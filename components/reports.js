// What every field shares that keeps what is typed: counting, and reporting to Python while it is typed.
//
// An inline component of Streamlit cannot import a module, so Python puts this text before the text of the
// component that uses it: `reports.js` + `prompt.js` is one module.

// At most so long after a key was pressed Python knows what it wrote, however long the typing goes on.
const REPORT_EVERY_MS = 300;

const REPEAT_AFTER_MS = 3_000;
const REPEAT_AT_LEAST_EVERY_MS = 60_000;
let receipts = 0;

// Streamlit sends a report a moment after it was made, with the page on which it was made: behind a click on a
// link to another page it brings the old page back. So such a click waits for the report before it.
const OUT_AFTER_MS = 60;
let made = -Infinity; // when the last report was made

document.addEventListener(
  "click",
  (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]:not([target=_blank])") : null;
    const plain = event.isTrusted && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const wait = made + OUT_AFTER_MS - performance.now();
    if (link === null || !plain || wait <= 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => link.isConnected && link.click(), wait);
  },
  true,
);

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

// Calls `send(receipt)` at most once in REPORT_EVERY_MS. Unlike a debounce it does not wait for a pause, so that
// a tab closed in the middle of a long sentence costs a word at most.
//
// A report that is made while the server is away is dropped without a word, so Python gives each receipt back
// in the data of its next run (`heard`), and a report without one is made again, ever more seldom.
function createReporter(send) {
  let waiting = null; // for the next report
  let doubting = null; // whether the last one has arrived
  let patience = REPEAT_AFTER_MS;
  let receipt = "";
  const deliver = () => {
    clearTimeout(doubting);
    made = performance.now();
    receipt = `${performance.timeOrigin}-${++receipts}`;
    doubting = setTimeout(() => {
      patience = Math.min(2 * patience, REPEAT_AT_LEAST_EVERY_MS);
      deliver();
    }, patience);
    send(receipt);
  };
  // Sends what waits, if anything does.
  const now = () => {
    if (waiting === null) return;
    clearTimeout(waiting);
    waiting = null;
    deliver();
  };
  return {
    now,
    hide() {
      if (document.visibilityState === "hidden") now();
    },
    soon() {
      waiting ??= setTimeout(now, REPORT_EVERY_MS);
    },
    // Whether everything typed so far has arrived.
    heard(returned) {
      if (returned !== receipt) return false;
      clearTimeout(doubting);
      patience = REPEAT_AFTER_MS;
      return waiting === null;
    },
    end() {
      now();
      clearTimeout(doubting);
    },
  };
}

// Whether what Python says replaces what stands here (`before`, undefined where nothing does), after a run of the page.
//
// The empty revision is Python's first word in a session, which may be a new one (the server was started again)
// behind an open page: it says nothing against what is already here.
function isReplaced(before, revision) {
  return !before || (revision !== "" && revision !== before.revision);
}

// Sends what waits as soon as the page may be left. The same listener is never added twice, so that this may be
// called again and again; `stopWatching` ends it.
function watchForLeaving(reports) {
  document.addEventListener("visibilitychange", reports.hide);
  // A tap takes the focus and clicks in the same moment; Streamlit sends a report only in the next one, and one
  // that overtakes a click on another page brings the old page back. The finger is down well before.
  document.addEventListener("pointerdown", reports.now, true);
  window.addEventListener("pagehide", reports.now);
}

function stopWatching(reports) {
  document.removeEventListener("visibilitychange", reports.hide);
  document.removeEventListener("pointerdown", reports.now, true);
  window.removeEventListener("pagehide", reports.now);
}

// What was typed and has not arrived in Python yet, kept by this tab through a reload. A browser may refuse to
// keep anything; then the reports alone must do.
const unheard = {
  put(key, value) {
    try {
      sessionStorage.setItem(`typed ${key}`, JSON.stringify(value));
    } catch {
      this.remove(key); // full: rather nothing than something older
    }
  },
  get(key) {
    try {
      return JSON.parse(sessionStorage.getItem(`typed ${key}`)) ?? undefined;
    } catch {
      return undefined;
    }
  },
  remove(key) {
    try {
      sessionStorage.removeItem(`typed ${key}`);
    } catch {
      // It was never kept.
    }
  },
};

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
