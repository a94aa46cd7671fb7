// The time bar: how long the video is, shot by shot, and what is left of what the model makes.

// "1 to 15 s", "5 or 10 s", "3 s".
function lengthsInWords(lengths) {
  const [first, last] = [lengths[0], lengths.at(-1)];
  if (lengths.length === 1) return `${first} s`;
  const inARow = lengths.length > 2 && lengths.every((length, n) => length === first + n);
  return inARow ? `${first} to ${last} s` : `${lengths.slice(0, -1).join(", ")} or ${last} s`;
}

// How the shots stand to what the model makes: `used` and `rest` in words, and whether they are over.
function describeTime(board, budget) {
  const seconds = boardSeconds(board);
  const left = secondsLeft(board, budget);
  if (left === null) return { used: `${seconds} s`, rest: "", over: false };
  const makes = `this model makes ${lengthsInWords(budget.totals)}`;
  const used = `${seconds} of ${budget.totals.at(-1)} s`;
  if (left < 0) return { used, rest: `${-left} s over: ${makes}`, over: true };
  const fits = seconds === 0 || budget.totals.includes(seconds);
  return { used, rest: `${left} s left${fits ? "" : `; ${makes}`}`, over: false };
}

// A picture for the eye and, by its label, for the ear. A click goes to the shot (`choose` gets its place), for
// which the keyboard needs no bar.
function createTimeBar(bar, choose) {
  const parts = [];
  let drawn = "";
  const make = (kind) => {
    const part = document.createElement("div");
    part.className = kind;
    return part;
  };
  const [free, over] = [make("free"), make("over")];
  bar.append(free, over);
  bar.onclick = (event) => {
    const index = parts.indexOf(event.target.closest(".part"));
    if (index >= 0) choose(index);
  };

  return (board, budget) => {
    const lengths = board.shots.map((shot) => shot.seconds);
    const drawing = JSON.stringify([lengths, budget.totals]);
    if (drawing === drawn) return;
    drawn = drawing;
    while (parts.length > lengths.length) parts.pop().remove();
    while (parts.length < lengths.length) {
      const part = make("part");
      const number = document.createElement("span");
      number.textContent = parts.length + 1;
      part.append(number);
      parts.push(part);
      free.before(part);
    }
    let begin = 0;
    lengths.forEach((seconds, n) => {
      const title = `Shot ${n + 1}: ${begin} to ${begin + seconds} s`;
      if (parts[n].title !== title) parts[n].title = title;
      if (parts[n].style.flexGrow !== String(seconds)) parts[n].style.flexGrow = seconds;
      begin += seconds;
    });
    const left = secondsLeft(board, budget) ?? 0;
    free.style.flexGrow = Math.max(left, 0);
    free.hidden = left <= 0;
    over.hidden = left >= 0;
    over.style.width = `${(100 * Math.max(-left, 0)) / (begin || 1)}%`;
    markTotals(bar, make, budget.totals, Math.max(begin, budget.totals.at(-1) ?? 0));
    const { used, rest } = describeTime(board, budget);
    const shots = lengths.map((seconds, n) => `shot ${n + 1}: ${seconds} s`).join(", ");
    bar.setAttribute("aria-label", [used, rest, shots].filter(Boolean).join("; "));
  };
}

// Where the model makes only certain lengths, each that is on the bar is marked.
function markTotals(bar, make, totals, scale) {
  bar.querySelectorAll(".mark").forEach((old) => old.remove());
  if (lengthsInWords(totals.length === 0 ? [0] : totals).includes(" to ")) return;
  for (const total of totals.filter((total) => total < scale)) {
    const line = make("mark");
    line.style.insetInlineStart = `${(100 * total) / scale}%`;
    bar.append(line);
  }
}
