// Takes the keyboard's focus to a control that a run of the page has brought, once for each time it is asked.
const done = new WeakMap()
const PATIENCE_MS = 3000

export default ({ data, parentElement }) => {
  const { key, when } = data
  const host = parentElement.host ?? parentElement
  const before = done.get(host)
  done.set(host, when)
  if (!key || before === when || before === undefined && performance.now() > 60_000) return
  const until = performance.now() + PATIENCE_MS
  const look = () => {
    const control = document.querySelector(`.st-key-${CSS.escape(key)} :is(input, button)`)
    if (control) control.focus({ preventScroll: false })
    else if (performance.now() < until) requestAnimationFrame(look)
  }
  look()
}
