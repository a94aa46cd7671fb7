// Rows from a spreadsheet are pasted into the table. Python reads them as it reads a file, and answers with a new
// revision of the board, or with a sentence. A single cell is pasted as ever.

// So long after rows were pasted Python has surely answered, if it has heard of them at all.
const ANSWERED_WITHIN_MS = 6000;

// `ask(rows)` sends them.
function createPasting(root, editor, ask) {
  let waiting = null; // {id, timer}: for the answer

  root.addEventListener("paste", (event) => {
    const shot = editor.shotOf(event.target);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (editor.view !== "table" || shot === undefined || !/[\t\n\r]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    if (text.length > editor.component.data.most) {
      editor.say("That is more than a storyboard can hold. Please paste fewer rows.", true);
      return;
    }
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => {
      waiting = null;
      editor.say("The pasted rows have not arrived. Please paste them again.", true);
    }, ANSWERED_WITHIN_MS);
    waiting = { id: `${performance.timeOrigin}-${event.timeStamp}`, timer };
    editor.say("Reading the pasted rows…");
    editor.forget(shot);
    const column = event.target === shot.seconds ? "seconds" : "text";
    ask({ id: waiting.id, at: editor.indexOf(shot.id), column, text });
  });

  // Hears the newest answer that Python gave, which may be an older one.
  return ({ id, problem }) => {
    if (waiting === null || waiting.id !== id) return;
    clearTimeout(waiting.timer);
    waiting = null;
    if (problem) editor.say(problem, true);
  };
}
