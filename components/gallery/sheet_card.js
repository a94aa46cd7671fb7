// One card: how a take is shown. What differs from what it shows is changed, and nothing else is touched.

function copyOf(root, name) {
  return root.parentNode.querySelector(`template#${name}`).content.firstElementChild.cloneNode(true);
}

// Texts, in which hits are marked: [plain, [hit], plain]. Never as HTML.
function writePieces(element, pieces) {
  const text = JSON.stringify(pieces);
  if (element.pieces === text) return;
  element.pieces = text;
  element.hidden = pieces.length === 0;
  element.replaceChildren(
    ...pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const mark = document.createElement("mark");
      mark.textContent = piece[0];
      return mark;
    }),
  );
}

function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function writeAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// Seconds as "0:07", "12:05" or "1:02:30".
function runningTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function createCard(root, id) {
  const element = copyOf(root, "card");
  const part = (name) => element.querySelector(`.${name}`);
  element.dataset.id = id;
  return {
    id,
    element,
    data: null,
    drawn: "", // the data as text, to see what is new
    kind: "", // what stands on the stage
    video: null,
    play: null, // the button on a video that nobody has played
    parts: {
      stage: part("stage"), name: part("name"), prompt: part("prompt"), note: part("note"), found: part("found"),
      badge: part("badge"), line: part("line"), project: part("project"), box: part("pick").firstElementChild,
      star: part("star"), download: part("download"), open: part("open"),
    },
  };
}

function drawCard(root, card, data) {
  const drawn = JSON.stringify(data);
  if (card.drawn === drawn) return;
  card.drawn = drawn;
  card.data = data;
  const { parts } = card;
  drawStage(root, card);
  for (const name of ["name", "prompt", "note", "found", "project"]) writePieces(parts[name], data[name]);
  card.element.classList.toggle("titled", data.titled);
  writePieces(parts.line, data.facts);
  writeText(parts.badge, data.badge);
  parts.badge.className = `badge ${data.colour}`;
  for (const [each, word] of [[parts.open, "Details"], [parts.download, "Download"], [parts.star, "Star"], [parts.box, "Select"]]) {
    writeAttribute(each, "aria-label", `${word}: ${data.label}`);
  }
  writeAttribute(parts.star, "title", "Star");
  writeAttribute(parts.open, "href", data.page);
  parts.download.hidden = data.download === "";
  if (data.download !== "") writeAttribute(parts.download, "href", data.download);
}

function drawStage(root, card) {
  const { video, running, told, label } = card.data;
  const kind = video !== null ? `video ${video.src}` : running !== null ? "running" : "told";
  if (card.kind !== kind) {
    card.kind = kind;
    card.video = video === null ? null : createVideo(video);
    card.play = video === null ? null : copyOf(root, "play");
    card.parts.stage.replaceChildren(...(video === null ? [copyOf(root, kind)] : [card.video, card.play]));
  }
  if (video !== null) {
    writeAttribute(card.video, "aria-label", `Video: ${label}`);
    writeAttribute(card.play, "aria-label", `Play: ${label}`);
  } else if (running !== null) {
    const [doing, why] = [".doing", ".why"].map((name) => card.parts.stage.querySelector(name));
    writeText(doing, running.words);
    writeText(why, told.join(" "));
  } else {
    const box = card.parts.stage.firstElementChild;
    box.className = `box told ${card.data.colour}`;
    if (box.told === told.join("\n")) return;
    box.told = told.join("\n");
    box.replaceChildren(
      ...told.map((sentence) => {
        const line = document.createElement("p");
        line.dir = "auto";
        line.textContent = sentence;
        return line;
      }),
    );
  }
}

// Nothing but its poster is asked for until somebody plays it. It gets the browser's controls then, too: those of a
// page of videos take Chromium three times as long as all else on it.
function createVideo({ src, poster }) {
  const video = document.createElement("video");
  video.preload = "none";
  video.playsInline = true;
  if (poster !== "") video.poster = poster;
  video.setAttribute("src", src);
  return video;
}

// How long the take has run at `now`, in Unix seconds of the server, and what is said of that.
function showClock(card, now) {
  const { since, notes } = card.data.running;
  const [ran, wait] = [".ran", ".wait"].map((name) => card.parts.stage.querySelector(name));
  writeText(ran, runningTime(Math.floor(now) - Math.floor(since)));
  writeText(wait, notes.findLast(([from]) => from <= now)[1]);
}

function showControls(card) {
  if (card === undefined || card.video.controls) return;
  const isHeld = card.play === card.play.getRootNode().activeElement;
  card.video.controls = true;
  if (isHeld) card.video.focus({ preventScroll: true });
  card.play.hidden = true;
}

const isPlaying = (card) => card.video !== null && !card.video.paused && !card.video.ended;
