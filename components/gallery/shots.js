// The planned shots under a take's player: chapters, the running shot's text, thumbs.
//
// The player belongs to the page, outside of this shadow root, and may be built anew: it is found by its address
// when it is needed, and heard through the document (events of media do not bubble, but they are captured).
//
// A thumb is shown at once and stands in `pending` until Python has given back the receipt of the report that
// carried it. Streamlit lets a later report take the place of one that no run has heard yet, so each carries all.

const views = new WeakMap(); // root element -> its view

// A position that a browser rounds down still belongs to the shot that begins there. Seconds.
const ROUNDING = 0.02;
// So far before its end a video still shows a picture, and goes on from there when it is played. Seconds.
const LAST_PICTURE = 0.05;
const MOVES = ["timeupdate", "seeking", "seeked", "loadedmetadata", "emptied", "ended"];

function createView(root) {
  const view = { root, component: null, drawn: "", rows: [], wanted: null, pending: new Map() };

  view.reports = createReporter((receipt) => {
    const verdicts = [...view.pending].map(([shot, verdict]) => ({ shot, verdict }));
    view.component.setTriggerValue("verdict", { receipt, verdicts });
  });

  view.moved = (event) => {
    const player = event.target;
    if (!(player instanceof HTMLVideoElement) || !isOurs(view, player)) return;
    if (event.type === "loadedmetadata" && view.wanted !== null) {
      player.currentTime = within(player, cutOf(view, view.wanted));
      view.wanted = null;
    }
    follow(view, player);
  };

  const strip = root.querySelector(".strip");
  strip.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const chapters = view.rows.map((row) => row.chapter);
    const here = chapters.indexOf(event.target);
    const last = chapters.length - 1;
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    chapters[to]?.focus();
  };
  return view;
}

const isOurs = (view, video) => video.getAttribute("src") === view.component.data.src;
const cutOf = (view, index) => view.component.data.shots[index].start;

function findPlayer(view) {
  return [...document.querySelectorAll("video")].find((video) => isOurs(view, video)) ?? null;
}

// The planned `cut` as a position that the video really has.
function within(player, cut) {
  return Number.isFinite(player.duration) ? Math.min(cut, Math.max(0, player.duration - LAST_PICTURE)) : cut;
}

// Shows the video at the planned beginning of a shot. One that is playing goes on, a paused one stays so; one of
// which nothing is loaded yet is loaded, and plays from there.
function seek(view, index) {
  const player = findPlayer(view);
  if (player === null) return;
  bringIntoView(player);
  if (player.readyState >= HTMLMediaElement.HAVE_METADATA) {
    player.currentTime = within(player, cutOf(view, index));
  } else {
    view.wanted = index;
    player.play().catch(() => {
      if (player.readyState < HTMLMediaElement.HAVE_METADATA) view.wanted = null;
      follow(view, player);
    });
  }
  follow(view, player);
}

// Down in a long list of shots the video may be out of sight.
function bringIntoView(player) {
  const { top, bottom, height } = player.getBoundingClientRect();
  const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
  if (seen > height / 2) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  player.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

// Marks the shot in which the video stands.
function follow(view, player) {
  const { shots } = view.component.data;
  const at = view.wanted === null ? (player?.currentTime ?? 0) : cutOf(view, view.wanted);
  const running = Math.max(0, shots.findLastIndex(({ start }) => start <= at + ROUNDING));
  view.rows.forEach((row, index) => {
    const here = index === running;
    const { start, end } = shots[index];
    const played = Math.min(1, Math.max(0, (at - start) / (end - start)));
    row.chapter.style.setProperty("--played", played.toFixed(3));
    if (row.here === here) return;
    row.here = here;
    if (here) row.chapter.setAttribute("aria-current", "true");
    else row.chapter.removeAttribute("aria-current");
    row.now.classList.toggle("running-now", here);
    row.item.classList.toggle("running-now", here);
  });
}

function judge(view, index, verdict) {
  view.pending.set(index, verdictOf(view, index) === verdict ? null : verdict);
  showVerdicts(view);
  view.reports.soon();
  view.reports.now();
}

function verdictOf(view, index) {
  return view.pending.has(index) ? view.pending.get(index) : view.component.data.verdicts[index];
}

function showVerdicts(view) {
  view.rows.forEach(({ up, down }, index) => {
    const verdict = verdictOf(view, index);
    up.setAttribute("aria-pressed", String(verdict === true));
    down.setAttribute("aria-pressed", String(verdict === false));
  });
}

// Builds the rows, unless they stand already: the plan of a take never changes.
function draw(view) {
  const { shots } = view.component.data;
  const plan = JSON.stringify(shots);
  if (view.drawn === plan) return;
  view.drawn = plan;
  view.rows = shots.map((shot, index) => createRow(view, shot, index));
  view.root.style.setProperty("--count", shots.length);
  for (const [place, part] of [["strip", "chapter"], ["running", "now"], ["list", "item"]]) {
    view.root.querySelector(`.${place}`).replaceChildren(...view.rows.map((row) => row[part]));
  }
}

function createRow(view, shot, index) {
  const copy = (name) => {
    const template = view.root.parentElement.querySelector(`template#${name}`);
    return template.content.firstElementChild.cloneNode(true);
  };
  const number = String(index + 1);
  const span = `${shot.from} to ${shot.to}`;
  const write = (element, when) => {
    element.querySelector(".when").textContent = when;
    const text = element.querySelector(".text");
    const isBlank = shot.text.trim() === "";
    text.textContent = isBlank ? "Nothing is written for this shot." : shot.text;
    text.classList.toggle("empty", isBlank);
  };

  const chapter = copy("chapter");
  chapter.querySelector(".number").textContent = number;
  chapter.querySelector(".start").textContent = shot.from;
  chapter.setAttribute("aria-label", `Shot ${number}, ${span}`);
  chapter.style.setProperty("--seconds", shot.end - shot.start);
  chapter.onclick = () => seek(view, index);

  const now = copy("now");
  write(now, `Shot ${number} of ${view.component.data.shots.length}, ${span}`);

  const item = copy("shot");
  write(item, `${span}, ${shot.end - shot.start} s`);
  const [lead, up, down] = item.querySelectorAll("button");
  lead.textContent = number;
  lead.setAttribute("aria-label", `Go to shot ${number}`);
  lead.onclick = () => seek(view, index);
  for (const [thumb, name, verdict] of [[up, "I like", true], [down, "I do not like", false]]) {
    thumb.setAttribute("aria-label", `${name} shot ${number}`);
    thumb.title = `${name} shot ${number}`;
    thumb.onclick = () => judge(view, index, verdict);
  }
  return { chapter, now, item, up, down, here: null };
}

export default function (component) {
  const root = component.parentElement.querySelector(".shots");
  if (!views.has(root)) views.set(root, createView(root));
  const view = views.get(root);
  view.component = component;
  if (view.reports.heard(component.data.receipt)) view.pending.clear();
  draw(view);
  showVerdicts(view);
  follow(view, findPlayer(view));
  // The same function is never listened to twice, so that this may run again and again.
  for (const name of MOVES) document.addEventListener(name, view.moved, true);
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the view.
    if (view.component !== component) return;
    view.reports.end();
    for (const name of MOVES) document.removeEventListener(name, view.moved, true);
  };
}
