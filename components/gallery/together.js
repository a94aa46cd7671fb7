// Several videos that move as one: started, stopped and sought together, and kept together while they play.
//
// One of them leads: the one that is heard, since a change of its speed could be heard, else the longest. What is
// needed for a start, a seek or one that has to load *gathers* them: all stand still until every one of them shows the
// picture of the same moment and can go on. From then on their clocks run alike, but they do not start quite alike,
// and a busy machine may keep one up for a moment: the others follow the leader by small changes of their speed.

// Chromium stops for some 20 ms to leave the plain speed, and for nothing to go from one other to the next. So those
// that follow are never quite at the plain speed: at least this part of it faster or slower.
const OFF_PLAIN = 0.002;
// Seconds apart up to which one goes on getting faster, or slower, as it did.
const CLOSE = 0.003;
// What one is apart is made up for in about so many seconds, with at most this part of the speed.
const MADE_UP_IN = 0.4;
const STRONGEST = 0.25;
// Beyond so many seconds a new start is quicker.
const FAR = 0.3;
// How often speeds are changed, and what clocks say after a start counts only after so long.
const CORRECTED_EVERY_MS = 50;
const UNSURE_MS = 200;
const SHOWN_EVERY_MS = 80;
// How long somebody waits before it is said for whom.
const PATIENCE_MS = 400;

const HAVE_METADATA = HTMLMediaElement.HAVE_METADATA;
const HAVE_CURRENT_DATA = HTMLMediaElement.HAVE_CURRENT_DATA;
const HAVE_FUTURE_DATA = HTMLMediaElement.HAVE_FUTURE_DATA;
const NEWS = ["loadedmetadata", "loadeddata", "canplay", "canplaythrough", "seeked", "ended", "error"];

// A video for a group. `seconds` is its length until the video itself says it; `fps` its frames a second.
function createPlayer(id, video, seconds, fps) {
  return {
    id, video, seconds, fps,
    broken: false, // whether it cannot be played
    goal: null, // the moment to which it goes once it is loaded
    isFresh: true, // whether it has not played since it was sought
    rate: 1,
    isAhead: true, // whether it was ahead of the leader when that last mattered
  };
}

// A group of no players yet. `changed()` is called whenever there is something else to show.
function createGroup(changed) {
  const group = {
    players: [],
    phase: "resting", // or "gathering", or "running"
    wanted: false, // whether somebody wants it to play
    begun: false, // whether anything was loaded
    at: 0, // the common moment, in seconds, while nothing runs
    placed: null, // the moment to which the players were last sent
    since: 0, // when the gathering began
    speed: 1,
    loop: false,
    sound: null, // the id of the player that is heard
    refused: false, // whether the browser would not play
    started: 0, // when they were last started together
    changed: 0, // when their speeds were last looked at
    shown: 0, // when the position was last shown
    frame: 0,
    timer: 0,
  };

  const usable = () => group.players.filter(({ broken }) => !broken);
  const endOf = ({ video, seconds }) => (Number.isFinite(video.duration) ? video.duration : seconds);
  // Where a player shows its last picture.
  const lastOf = (player) => Math.max(0, endOf(player) - 0.5 / player.fps);
  const active = () => usable().filter((player) => !player.video.ended && player.video.currentTime < lastOf(player));
  const longest = (players) => players.reduce((one, other) => (endOf(other) > endOf(one) ? other : one), players[0]);

  group.length = () => Math.max(0, ...usable().map(endOf));
  group.fps = () => Math.min(...usable().map(({ fps }) => fps), 240);
  group.position = () => {
    if (group.phase !== "running") return group.at;
    const lead = leader(active());
    return lead === undefined ? group.length() : Math.min(lead.video.currentTime, group.length());
  };
  // Those that the others wait for.
  group.awaited = () =>
    group.phase === "gathering" && performance.now() - group.since > PATIENCE_MS
      ? usable().filter((player) => !isReady(player))
      : [];

  function leader(players) {
    return players.find(({ id }) => id === group.sound) ?? longest(players);
  }

  function isReady(player) {
    const { video } = player;
    if (video.readyState < HAVE_METADATA || video.seeking || player.goal !== null) return false;
    return video.readyState >= (video.currentTime >= lastOf(player) ? HAVE_CURRENT_DATA : HAVE_FUTURE_DATA);
  }

  // Sends a player to the common moment, or as far as it goes.
  function place(player) {
    const { video } = player;
    if (video.readyState < HAVE_METADATA) {
      player.goal = group.at;
      return;
    }
    player.goal = null;
    const to = Math.min(group.at, lastOf(player));
    // Also one that stands there already is sought, unless it was: Chromium's clock leaps by 80 ms where it goes on
    // from a pause, and does not after a seek.
    if (player.isFresh && Math.abs(video.currentTime - to) < 0.0005) return;
    player.isFresh = true;
    video.currentTime = to;
  }

  function gather() {
    if (!group.begun) begin();
    const busy = group.phase === "gathering" && usable().some((player) => !isReady(player));
    if (group.phase !== "gathering") group.since = performance.now();
    group.phase = "gathering";
    for (const player of group.players) stop(player);
    // While they are still on the way to one moment they are not sent to the next: of a hand on the scrubber
    // nobody would see a picture.
    if (!busy) placeAll();
    changed();
    settle();
    watch();
  }

  function stop({ video }) {
    if (!video.paused) video.pause();
  }

  function placeAll() {
    group.placed = group.at;
    usable().forEach(place);
  }

  // Goes on once all are there.
  function settle() {
    if (group.phase !== "gathering") return;
    for (const player of usable()) if (player.goal !== null) place(player);
    if (!usable().every(isReady)) return;
    if (group.placed !== group.at) {
      placeAll();
      if (!usable().every(isReady)) return;
    }
    if (group.wanted && usable().length > 0) run();
    else rest();
  }

  function rest() {
    group.phase = "resting";
    if (usable().length === 0) group.wanted = false;
    changed();
  }

  function run() {
    group.phase = "running";
    group.started = performance.now();
    const going = active();
    const lead = leader(going);
    for (const player of going) {
      setRate(player, player === lead ? group.speed : following(player, 0));
      player.isFresh = false;
    }
    // All in one task: what takes time was done before.
    for (const { video } of going) {
      video.play().catch((error) => {
        if (error.name !== "NotAllowedError" || group.phase !== "running") return;
        group.refused = true;
        group.pause();
      });
    }
    changed();
    watch();
  }

  function setRate(player, rate) {
    const isPlain = rate === group.speed;
    if (player.rate === rate || (!isPlain && Math.abs(player.rate - rate) < OFF_PLAIN * group.speed)) return;
    player.rate = rate;
    player.video.playbackRate = rate;
  }

  function begin() {
    group.begun = true;
    for (const { video } of group.players) load(video);
  }

  function load(video) {
    if (video.preload === "auto") return;
    video.preload = "auto";
    video.load();
  }

  // What is looked at in every frame while they play, and while somebody waits.
  function look() {
    if (group.phase === "gathering") settle();
    if (group.phase !== "running") return;
    const going = active();
    if (going.length === 0) {
      finish();
      return;
    }
    if (going.some(({ video }) => video.seeking || video.readyState < HAVE_FUTURE_DATA)) {
      hold(going);
      return;
    }
    // Somebody else stopped one: a key of the keyboard for media, the browser.
    if (!document.hidden && going.some(({ video }) => video.paused && !video.ended)) {
      group.pause();
      return;
    }
    correct(going);
  }

  function finish() {
    if (group.loop) {
      group.at = 0;
      gather();
      return;
    }
    group.wanted = false;
    group.at = group.length();
    rest();
  }

  // One has nothing to show: the others wait for it.
  function hold(going) {
    group.at = Math.min(...going.map(({ video }) => video.currentTime));
    gather();
  }

  function correct(going) {
    const now = performance.now();
    if (now - group.changed < CORRECTED_EVERY_MS || now - group.started < UNSURE_MS) return;
    group.changed = now;
    const lead = leader(going);
    const at = lead.video.currentTime; // like the others', read in one task
    const apart = going.map(({ video }) => video.currentTime - at);
    if (apart.some((seconds) => Math.abs(seconds) > FAR)) {
      group.at = Math.min(...going.map(({ video }) => video.currentTime));
      gather();
      return;
    }
    going.forEach((player, index) => setRate(player, player === lead ? group.speed : following(player, apart[index])));
  }

  // The speed at which a player comes to the leader, of whom it is so many seconds ahead.
  function following(player, ahead) {
    if (Math.abs(ahead) > CLOSE) player.isAhead = ahead > 0;
    const change = Math.min(STRONGEST, Math.max(OFF_PLAIN, Math.abs(ahead) / MADE_UP_IN));
    return group.speed * (player.isAhead ? 1 - change : 1 + change);
  }

  function watch() {
    cancelAnimationFrame(group.frame);
    clearTimeout(group.timer);
    if (group.phase === "resting") return;
    const again = () => {
      look();
      // What is shown every time is painted every time, and takes from the videos what they need.
      if (performance.now() - group.shown > SHOWN_EVERY_MS) {
        group.shown = performance.now();
        changed();
      }
      watch();
    };
    // A hidden page draws no frames, but may still be heard.
    if (document.hidden) group.timer = setTimeout(again, 200);
    else group.frame = requestAnimationFrame(again);
  }

  group.news = (event) => {
    const player = group.players.find(({ video }) => video === event.target);
    if (player === undefined) return;
    if (event.type === "error") player.broken = true;
    settle();
    changed();
  };

  // Players that were there stay as they are; new ones join at the common moment.
  group.join = (players) => {
    const here = group.position();
    for (const player of group.players.filter((player) => !players.includes(player))) {
      stop(player);
      for (const name of NEWS) player.video.removeEventListener(name, group.news);
    }
    for (const { video } of players) for (const name of NEWS) video.addEventListener(name, group.news);
    group.players = players;
    group.at = Math.min(here, group.length());
    group.hear(group.sound);
    if (group.begun) {
      begin();
      gather();
    }
  };

  group.play = () => {
    group.refused = false;
    group.wanted = true;
    if (group.at >= group.length() - 1 / group.fps()) group.at = 0;
    gather();
  };

  group.pause = () => {
    if (group.phase === "running") group.at = group.position();
    group.wanted = false;
    gather();
  };

  group.toggle = () => (group.wanted ? group.pause() : group.play());

  group.seek = (seconds) => {
    group.at = Math.max(0, Math.min(seconds, group.length()));
    gather();
  };

  // By frames of the slowest, so that every step is one for all. A quarter into the frame nothing is rounded away.
  group.step = (frames) => {
    const fps = group.fps();
    const last = Math.max(0, Math.round(group.length() * fps) - 1);
    const frame = Math.min(last, Math.floor(group.position() * fps + 0.01)) + frames;
    group.wanted = false;
    group.seek(frame <= 0 ? 0 : (Math.min(frame, last) + 0.25) / fps);
  };

  group.hear = (id) => {
    group.sound = id;
    for (const player of group.players) player.video.muted = player.id !== id;
    changed();
  };

  group.setSpeed = (speed) => {
    group.speed = speed;
    for (const player of group.players) setRate(player, speed);
    changed();
  };

  group.end = () => {
    cancelAnimationFrame(group.frame);
    clearTimeout(group.timer);
    group.players.forEach(stop);
    group.phase = "resting";
    group.wanted = false;
  };

  return group;
}
