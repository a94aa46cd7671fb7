// A click on a poster plays its video. Of a video with preload="none" Chromium takes the first click only on the
// small button in its corner.

// The lower part of a video belongs to the browser's own controls.
const CONTROLS_HEIGHT = 80;

function playPoster(event) {
  const video = event.target;
  if (!(video instanceof HTMLVideoElement) || video.readyState > 0 || !video.paused) return;
  if (event.offsetY > video.clientHeight - CONTROLS_HEIGHT) return;
  // A browser that plays at a click by itself has begun by then.
  setTimeout(() => video.paused && video.play().catch(() => {}));
}

export default function () {
  // The same function is never listened to twice.
  document.addEventListener("click", playPoster);
  return () => document.removeEventListener("click", playPoster);
}
