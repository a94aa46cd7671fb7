// Moving an item of a list by its handle, with mouse, pen or finger: the others make room, Escape puts it back, and
// near the upper or lower edge the page scrolls along. The list itself is changed by `drop(from, to)` alone, at the
// end. `head` is what stays above the list while it scrolls.

const LIFT_AFTER_PX = 4;
const EDGE_PX = 64;
const FASTEST_PX = 18; // a frame

function createDrag(list, head, drop) {
  let held = null;

  const begin = (event, item) => {
    if (event.button !== 0 || held !== null) return;
    held = { item, handle: event.target.closest("button"), pointer: event.pointerId, y: event.clientY };
    held.start = held.y;
    held.lifted = false;
    held.handle.setPointerCapture(held.pointer);
    held.handle.addEventListener("pointermove", follow);
    held.handle.addEventListener("pointerup", release);
    held.handle.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", escape, true);
  };

  const lift = () => {
    const items = [...list.children];
    // What is still on its way from the last time is there now, or it would be measured in between.
    for (const item of items) item.getAnimations().forEach((animation) => animation.finish());
    const boxes = items.map((item) => item.getBoundingClientRect());
    const from = items.indexOf(held.item);
    const gap = items.length > 1 ? boxes[1].top - boxes[0].bottom : 0;
    const scroller = scrollerOf(list);
    Object.assign(held, { lifted: true, items, boxes, from, to: from, scroller, shift: boxes[from].height + gap });
    held.scrolled = scroller.scrollTop;
    held.top = Math.max(head.getBoundingClientRect().bottom, 0);
    list.classList.add("dragging");
    held.item.classList.add("lifted");
    held.frame = requestAnimationFrame(slide);
  };

  const follow = (event) => {
    if (event.pointerId !== held.pointer) return;
    held.y = event.clientY;
    if (!held.lifted && Math.abs(held.y - held.start) > LIFT_AFTER_PX) lift();
  };

  // How far the page scrolls in this frame: faster the nearer to an edge, and only while items are hidden there.
  const pull = () => {
    const { y, top, boxes, scroller, scrolled } = held;
    const since = scroller.scrollTop - scrolled;
    const hiddenAbove = top - (boxes[0].top - since);
    const hiddenBelow = boxes.at(-1).bottom - since - window.innerHeight;
    const near = (distance) => Math.min(Math.max(EDGE_PX - distance, 0) / EDGE_PX, 1) * FASTEST_PX;
    if (hiddenAbove > 0 && near(y - top) > 0) return -Math.ceil(near(y - top));
    return hiddenBelow > 0 ? Math.ceil(near(window.innerHeight - y)) : 0;
  };

  const slide = () => {
    held.scroller.scrollTop += pull();
    place();
    held.frame = requestAnimationFrame(slide);
  };

  // Puts the item under the pointer and makes room for it.
  const place = () => {
    const { items, boxes, from, scroller, shift } = held;
    const highest = boxes[0].top;
    const lowest = boxes.at(-1).bottom - boxes[from].height;
    const moved = held.y - held.start + scroller.scrollTop - held.scrolled;
    const top = Math.min(Math.max(boxes[from].top + moved, highest), lowest);
    const bottom = top + boxes[from].height;
    const middle = (n) => (boxes[n].top + boxes[n].bottom) / 2;
    let to = from;
    while (to > 0 && top < middle(to - 1)) to -= 1;
    while (to < items.length - 1 && bottom > middle(to + 1)) to += 1;
    held.to = to;
    items.forEach((item, n) => {
      const aside = n > from && n <= to ? -shift : n < from && n >= to ? shift : 0;
      const by = n === from ? top - boxes[from].top : aside;
      const transform = by === 0 ? "" : `translateY(${by}px)`;
      if (item.style.transform !== transform) item.style.transform = transform;
    });
  };

  const end = () => {
    const { item, items, handle, pointer, lifted, frame } = held;
    cancelAnimationFrame(frame);
    const before = item.getBoundingClientRect().top;
    for (const one of lifted ? items : []) one.style.transform = "";
    list.classList.remove("dragging");
    item.classList.remove("lifted");
    handle.removeEventListener("pointermove", follow);
    handle.removeEventListener("pointerup", release);
    handle.removeEventListener("pointercancel", cancel);
    if (handle.hasPointerCapture(pointer)) handle.releasePointerCapture(pointer);
    window.removeEventListener("keydown", escape, true);
    held = null;
    return before;
  };

  const settle = (item, before) => {
    const by = before - item.getBoundingClientRect().top;
    if (by === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    item.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], {
      duration: 150,
      easing: "ease-out",
    });
  };

  const release = (event) => {
    if (event.pointerId !== held.pointer) return;
    held.y = event.clientY;
    if (held.lifted) place();
    const { item, from, to, lifted } = held;
    const before = end();
    if (!lifted) return;
    if (to !== from) drop(from, to);
    settle(item, before);
  };

  const cancel = () => {
    if (held === null) return;
    const { item, lifted } = held;
    const before = end();
    if (lifted) settle(item, before);
  };

  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  };

  return { begin, cancel };
}

// What scrolls when `element` is to be seen, outside the component too.
function scrollerOf(element) {
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const { overflowY } = getComputedStyle(at);
    if (/auto|scroll/.test(overflowY) && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}
