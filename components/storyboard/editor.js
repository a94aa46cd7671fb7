// The storyboard editor.

export default function (component) {
  const { data, parentElement } = component;
  const list = parentElement.querySelector("ol");
  list.replaceChildren(
    ...data.board.shots.map((shot) => {
      const item = document.createElement("li");
      item.textContent = `${shot.text} (${shot.seconds} s)`;
      return item;
    }),
  );
}
