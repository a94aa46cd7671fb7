// Takes side by side, with one set of controls. How they keep together: together.js, which stands before this text.

const views = new WeakMap(); // root element -> its view

const SECOND = 1;

function createView(root) {
  const find = (name) => root.querySelector(name);
  const view = {
    root,
    component: null,
    cards: new Map(), // id of a take -> its card
    said: null, // the sound as Python and this page last agreed
    parts: {
      stage: find(".stage"), status: find(".status"), scrubber: find(".scrubber"), at: find(".at"),
      length: find(".length"), play: find(".play"), word: find(".word"), loop: find(".loop"), sounds: find(".sounds"),
      last: find(".last"),
    },
  };
  view.group = createGroup(() => show(view));
  const { group, parts } = view;

  parts.play.onclick = group.toggle;
  find(".start").onclick = () => group.seek(0);
  find(".back").onclick = () => group.step(-1);
  find(".ahead").onclick = () => group.step(1);
  parts.loop.onclick = () => {
    group.loop = !group.loop;
    show(view);
  };
  parts.scrubber.oninput = () => group.seek(Number(parts.scrubber.value));
  find(".speeds").onchange = (event) => group.setSpeed(Number(event.target.value));
  parts.sounds.onchange = (event) => hear(view, Number(event.target.value));

  root.onkeydown = (event) => press(view, event);
  // Whoever has clicked here has the keys.
  root.onpointerup = (event) => {
    if (event.target.closest("button, input, a, label") === null) root.focus({ preventScroll: true });
  };
  return view;
}

function press(view, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const { group } = view;
  const { target, key, shiftKey } = event;
  const isPressed = key === " " && target.closest("button, a, label, input[type=radio]") !== null;
  const isChosen = key.startsWith("Arrow") && target.matches("input[type=radio]");
  if (isPressed || isChosen) return; // the browser's own keys there
  const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (way !== undefined && shiftKey) group.seek(group.position() + way * SECOND);
  else if (way !== undefined) group.step(way);
  else if (key === " ") group.toggle();
  else if (key === "Home") group.seek(0);
  else if (key === "End") group.seek(group.length());
  else if (key.toLowerCase() === "m") hear(view, 0);
  else if (/^[1-4]$/.test(key) && canBeHeard(view, Number(key))) hear(view, Number(key));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

const canBeHeard = (view, number) => view.component.data.takes[number - 1]?.sound === true;

// Lets the take with this number be heard, or none for 0, and tells Python, which keeps it in the link.
function hear(view, number) {
  listenTo(view, number);
  view.said = number;
  view.component.setTriggerValue("sound", number);
}

function listenTo(view, number) {
  const { takes } = view.component.data;
  view.group.hear(canBeHeard(view, number) ? takes[number - 1].id : null);
}

// Seconds as "0:03.25".
function clock(seconds) {
  const hundredths = Math.floor(seconds * 100 + 0.5);
  const minutes = Math.floor(hundredths / 6000);
  const rest = hundredths % 6000;
  const two = (number) => String(number).padStart(2, "0");
  return `${minutes}:${two(Math.floor(rest / 100))}.${two(rest % 100)}`;
}

function set(element, name, value) {
  if (element[name] !== value) element[name] = value;
}

// Shows how the group stands. Runs with every frame: what has not changed is not touched.
function show(view) {
  const { group, parts } = view;
  if (view.component === null) return;
  const at = group.position();
  const length = group.length();
  set(parts.scrubber, "max", String(length));
  if (group.phase === "running" || Math.abs(Number(parts.scrubber.value) - at) > 0.001) parts.scrubber.value = at;
  set(parts.at, "textContent", clock(at));
  set(parts.length, "textContent", clock(length));
  const spoken = `${at.toFixed(1)} of ${length.toFixed(1)} seconds`;
  if (parts.scrubber.getAttribute("aria-valuetext") !== spoken) parts.scrubber.setAttribute("aria-valuetext", spoken);
  set(parts.word, "textContent", group.wanted ? "Pause" : "Play");
  if (parts.play.classList.contains("playing") !== group.wanted) {
    parts.play.classList.toggle("playing", group.wanted);
    parts.play.setAttribute("aria-label", group.wanted ? "Pause all" : "Play all");
  }
  parts.loop.setAttribute("aria-pressed", String(group.loop));
  const { takes } = view.component.data;
  takes.forEach(({ id }, index) => {
    const heard = group.sound === id;
    view.cards.get(id)?.element.classList.toggle("heard", heard);
    const choice = parts.sounds.querySelector(`input[value="${index + 1}"]`);
    if (choice !== null && heard) set(choice, "checked", true);
  });
  if (group.sound === null) set(parts.sounds.querySelector('input[value="0"]'), "checked", true);
  set(parts.status, "textContent", statusOf(view));
}

function statusOf(view) {
  const { group } = view;
  const numbers = (players) =>
    players.map(({ id }) => view.component.data.takes.findIndex((take) => take.id === id) + 1).join(" and ");
  const broken = group.players.filter((player) => player.broken);
  if (broken.length > 0) return `The video of take ${numbers(broken)} cannot be played here; the others go on.`;
  if (group.refused) return "The browser did not let the videos start. Press Play again.";
  const awaited = group.awaited();
  return awaited.length > 0 ? `Waiting for take ${numbers(awaited)} to load.` : "";
}

const copyOf = (view, name) =>
  view.root.parentElement.querySelector(`template#${name}`).content.firstElementChild.cloneNode(true);

function createCard(view, take) {
  const element = copyOf(view, "take");
  const video = element.querySelector("video");
  video.width = take.width;
  video.height = take.height;
  video.style.aspectRatio = `${take.width} / ${take.height}`;
  if (take.poster) video.poster = take.poster;
  video.muted = true;
  video.src = take.src;
  video.onclick = () => view.group.toggle();
  const link = element.querySelector("a");
  link.href = take.page;
  link.onclick = (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault(); // a link of the browser would load everything anew
    view.component.setTriggerValue("open", take.id);
  };
  element.querySelector(".out").onclick = () => view.component.setTriggerValue("out", take.id);
  return { element, player: createPlayer(take.id, video, take.seconds, take.fps) };
}

// Sets the cards up for the takes of the page. Those that stand already are not touched, nor moved without need.
function arrange(view) {
  const { takes } = view.component.data;
  const { stage, sounds, last } = view.parts;
  for (const [id, card] of view.cards) {
    if (takes.some((take) => take.id === id)) continue;
    card.element.remove();
    view.cards.delete(id);
  }
  takes.forEach((take, index) => {
    if (!view.cards.has(take.id)) view.cards.set(take.id, createCard(view, take));
    const { element } = view.cards.get(take.id);
    const number = String(index + 1);
    const name = element.querySelector("a");
    name.textContent = take.name;
    name.title = take.name;
    set(element.querySelector(".number"), "textContent", number);
    set(element.querySelector(".facts"), "textContent", take.facts);
    element.querySelector(".out").setAttribute("aria-label", `Take number ${number} out`);
    element.querySelector(".out").title = "Take it out of the comparison";
    element.querySelector("video").setAttribute("aria-label", `Take ${number}: ${take.name}`);
    if (stage.children[index] !== element) stage.insertBefore(element, stage.children[index] ?? null);
  });
  stage.style.setProperty("--count", takes.length);
  stage.style.setProperty("--middle", Math.min(2, takes.length));
  const tall = takes.length > 1 && takes.every(({ width, height }) => height > width);
  stage.style.setProperty("--narrow", tall ? 2 : 1);

  while (sounds.querySelectorAll("label").length > 1) sounds.lastElementChild.remove();
  takes.forEach((take, index) => {
    const choice = copyOf(view, "sound");
    const input = choice.querySelector("input");
    input.value = String(index + 1);
    input.disabled = !take.sound;
    input.setAttribute("aria-label", take.sound ? `Take ${index + 1}` : `Take ${index + 1}, which has no sound`);
    choice.title = take.sound ? take.name : `Take ${index + 1} has no sound`;
    choice.querySelector("span").textContent = String(index + 1);
    sounds.append(choice);
  });
  set(last, "textContent", String(Math.max(2, takes.length)));
  view.group.join(takes.map(({ id }) => view.cards.get(id).player));
}

export default function (component) {
  const root = component.parentElement.querySelector(".comparing");
  if (!views.has(root)) views.set(root, createView(root));
  const view = views.get(root);
  const { data } = component;
  const before = view.component?.data.takes;
  view.component = component;
  const isNew = JSON.stringify(before) !== JSON.stringify(data.takes);
  if (isNew) arrange(view);
  if (isNew || view.said !== data.sound) {
    view.said = data.sound;
    listenTo(view, data.sound);
  }
  show(view);
  return () => {
    // Streamlit also ends a run that the next one has overtaken; only the latest may end the view.
    if (view.component !== component) return;
    view.group.end();
  };
}
