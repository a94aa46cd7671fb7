// Laid under the page before it loads: what is done to the storyboard editor, and how long it takes.
//
// `benchmark.inTheBrowser(root, asked)`, `benchmark.confirmed(root, asked)`; milliseconds by the page's own clock.

(() => {
  // Of a report it is noted when it is sent, when the first message comes back, when the one that gives its receipt
  // back, and when the editor has that: then it forgets what it kept of the typing.

  const plain = (data) => new TextDecoder("latin1").decode(data);
  const receiptIn = (data) => plain(data).match(/receipt\\*":\\*"([^"\\]+)/)?.[1];
  let report = null; // the one that is waited for
  let newest; // receipt

  window.WebSocket = class extends WebSocket {
    constructor(...all) {
      super(...all);
      this.addEventListener("message", ({ data }) => {
        const now = performance.now();
        if (report?.sent === undefined) return;
        report.first ??= now;
        if (report.answered === undefined && plain(data).includes(report.receipt)) report.answered = now;
      });
    }

    send(data) {
      const receipt = receiptIn(data); // other messages carry the newest one too
      if (receipt !== undefined && receipt !== newest) {
        newest = receipt;
        if (report !== null && report.sent === undefined) Object.assign(report, { receipt, sent: performance.now() });
      }
      super.send(data);
    }
  };

  const { removeItem } = Storage.prototype;
  Storage.prototype.removeItem = function (name) {
    removeItem.call(this, name);
    if (!name.startsWith("typed ") || report?.answered === undefined) return;
    const { sent, first, answered, resolve } = report;
    resolve({ first: first - sent, answered: answered - sent, confirmed: performance.now() - sent });
    report = null;
  };

  const longFrames = [];
  new PerformanceObserver((list) => longFrames.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: "long-animation-frame",
  });

  // Each gets ready for its `n`th time and gives what is then done, so that nothing but this is timed.
  const ACTS = {
    step(root, count, n) {
      const at = (Math.floor(n / 2) % count) + 1;
      const both = [`Lengthen shot ${at}`, `Shorten shot ${at}`].map((label) => named(root, label));
      const [first, other] = n % 2 ? both.reverse() : both;
      const button = first.getAttribute("aria-disabled") === "true" ? other : first;
      return () => button.click();
    },

    move(root, count, n) {
      const handle = named(root, `Move shot ${Math.min(3, count) + (n % 2)} of ${count}`);
      handle.focus();
      const key = n % 2 ? "ArrowUp" : "ArrowDown";
      const event = new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true });
      return () => handle.dispatchEvent(event);
    },

    // Over the last letter, so that the text stays as long as it is.
    "key press"(root, count) {
      const area = named(root, `Shot ${Math.min(3, count)}`);
      area.focus();
      area.setSelectionRange(area.value.length - 1, area.value.length);
      return () => document.execCommand("insertText", false, area.value.endsWith("a") ? "b" : "a");
    },
  };

  const named = (root, label) => root.querySelector(`[aria-label="${label}"]`);

  // All that an act can change.
  const shown = (root) =>
    [
      ...[...root.querySelectorAll("textarea")].map((area) => area.value),
      ...[...root.querySelectorAll("[aria-valuenow]")].map((field) => field.ariaValueNow),
      ...[...root.querySelectorAll("[data-shot]")].map((item) => item.dataset.shot),
    ].join();

  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // Comes when the work of this frame on the main thread is done.
  const framesEnd = () =>
    new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now());
      channel.port2.postMessage(null);
    });

  window.benchmark = {
    longFrames,

    // `rounds` times: to the end of the script and of the layout that it calls for, and to the end of the frame. All
    // is done as a frame begins, so that no waiting for the next one is counted.
    async inTheBrowser(root, { act, count, rounds, pause }) {
      const times = [];
      for (let n = 0; n < rounds; n += 1) {
        const carryOut = ACTS[act](root, count, n);
        const before = shown(root);
        await later(pause);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const begun = performance.now();
        carryOut();
        root.getBoundingClientRect();
        const took = performance.now() - begun;
        times.push([took, (await framesEnd()) - begun]);
        if (shown(root) === before) throw new Error(`The ${act} did nothing.`);
      }
      return times;
    },

    // Once: from the sending of its report.
    async confirmed(root, { act, count, n, patience }) {
      const carryOut = ACTS[act](root, count, n);
      const before = shown(root);
      const told = new Promise((resolve, reject) => {
        report = { resolve };
        setTimeout(() => reject(new Error(`The ${act} was not confirmed.`)), patience);
      });
      carryOut();
      if (shown(root) === before) throw new Error(`The ${act} did nothing.`);
      return told;
    },
  };
})();
