// Puts the cards in order without moving one that stands: only around it cards come and go.

// Of `ranks`, places in the new order of what stands in this order now: which of them may stay where they are, as
// positions in `ranks`. The heaviest run of rising ranks.
function stayers(ranks, weights) {
  const best = []; // for each: the weight of the best run that ends here, and what comes before it in that run
  let last = -1;
  ranks.forEach((rank, n) => {
    let before = -1;
    for (let m = 0; m < n; m += 1) {
      if (ranks[m] < rank && (before < 0 || best[m].weight > best[before].weight)) before = m;
    }
    best.push({ before, weight: weights[n] + (before < 0 ? 0 : best[before].weight) });
    if (last < 0 || best[n].weight > best[last].weight) last = n;
  });
  const found = new Set();
  for (; last >= 0; last = best[last].before) found.add(last);
  return found;
}

// Puts `elements` into `list` in this order. What else is in it stays there. `isHeld(element)`: it must not move if
// any way leads around it.
function arrange(list, elements, isHeld) {
  const rank = new Map(elements.map((element, n) => [element, n]));
  const standing = [...list.children].filter((element) => rank.has(element));
  const places = stayers(
    standing.map((element) => rank.get(element)),
    standing.map((element) => (isHeld(element) ? standing.length + 1 : 1)),
  );
  const staying = new Set(standing.filter((_, n) => places.has(n)));
  let last = null;
  for (const element of elements) {
    const next = last === null ? list.firstElementChild : last.nextElementSibling;
    if (!staying.has(element) && next !== element) {
      // Moved so, a video plays on and the keyboard stays; a browser that cannot do so has no better way.
      if (element.parentNode === list && "moveBefore" in list) list.moveBefore(element, next);
      else list.insertBefore(element, next);
    }
    last = element;
  }
}
