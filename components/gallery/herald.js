// The tab's title, and a notification of the browser's where it was allowed, when takes have ended.
//
// The page's title is Streamlit's; ours stands before it until somebody has looked: at once gone when they come back
// to the tab, and on a tab that is looked at with the next key or click.

const shown = new Set(); // ids of takes that were told of, for as long as this page is open
const WANTED = "playground-notify";
const NOTICED = ["pointerdown", "keydown"];

let unseen = []; // a word for each: ready, failed, in doubt
let said = "";
let first = true;

function titleNow() {
  const bare = document.title.startsWith(said) ? document.title.slice(said.length) : document.title;
  const ready = unseen.filter((word) => word === "ready").length;
  const word = ready > 0 ? "ready" : unseen[0];
  const next = unseen.length === 0 ? "" : `(${ready || unseen.length}) ${word} · `;
  if (said === next && document.title.startsWith(said)) return;
  said = next;
  document.title = said + bare;
}

function noticed() {
  if (document.hidden) return;
  unseen = [];
  titleNow();
}

// Streamlit writes the title anew with each page.
const watcher = new MutationObserver(titleNow);
watcher.observe(document.head, { childList: true, subtree: true, characterData: true });
document.addEventListener("visibilitychange", noticed);
for (const name of NOTICED) document.addEventListener(name, noticed, true);

const canNotify = () => "Notification" in window && window.isSecureContext;
const wanted = () => canNotify() && Notification.permission === "granted" && localStorage.getItem(WANTED) !== "no";

function tell(entry) {
  if (!wanted() || !document.hidden) return;
  const note = new Notification("Video Playground", { body: entry.said, tag: entry.id });
  note.onclick = () => {
    window.focus();
    note.close();
  };
}

function drawButton(button) {
  const on = wanted();
  button.hidden = !canNotify() || Notification.permission === "denied";
  button.textContent = on ? "Notifications on" : "Notify me";
  button.setAttribute("aria-pressed", String(on));
  button.title = on
    ? "The browser says so when a take is ready. Press to stop that."
    : "Have the browser say so when a take is ready, also while you are elsewhere.";
}

export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  button.onclick = async () => {
    if (Notification.permission === "default") await Notification.requestPermission();
    else localStorage.setItem(WANTED, wanted() ? "no" : "yes");
    drawButton(button);
  };
  drawButton(button);
  const fresh = data.news.filter(({ id }) => !shown.has(id));
  for (const entry of fresh) {
    shown.add(entry.id);
    if (!first) tell(entry);
  }
  if (!first) unseen.push(...fresh.map(({ word }) => word));
  first = false;
  titleNow();
}
