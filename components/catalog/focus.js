// Takes the keyboard's focus to a control that a run of the page brings, once for each time it is asked; not where
// somebody has gone on to another control meanwhile, nor on a touch screen, where it would bring up the keyboard.
const heard = new WeakMap()
const PATIENCE_MS = 10_000

export default ({ data, parentElement }) => {
  const { key, when } = data
  if (!key || heard.get(parentElement) === when) return
  heard.set(parentElement, when)
  const before = document.activeElement
  const until = performance.now() + PATIENCE_MS
  const look = () => {
    if (document.activeElement !== before && document.activeElement !== document.body) return
    const control = document.querySelector(`.st-key-${CSS.escape(key)} :is(input, button)`)
    const writes = control?.tagName === 'INPUT'
    if (control && !(writes && matchMedia('(pointer: coarse)').matches)) control.focus()
    else if (!control && performance.now() < until) requestAnimationFrame(look)
  }
  look()
}
