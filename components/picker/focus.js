// Takes the keyboard's focus to a control that a run of the page brings, once for each time it is asked; not where
// somebody has gone on to another control meanwhile, nor on a touch screen, where it would bring up the keyboard.
// What was asked last stands in the data of every run from then on: a run can be followed by the next one before the
// browser has looked at it.
const HEARD = Symbol.for('playground focus')
const PATIENCE_MS = 10_000

export default ({ data }) => {
  const { key, asked } = data
  if (!key || globalThis[HEARD] === asked) return
  globalThis[HEARD] = asked
  const before = document.activeElement
  const until = performance.now() + PATIENCE_MS
  const look = () => {
    if (globalThis[HEARD] !== asked) return
    if (document.activeElement !== before && document.activeElement !== document.body) return
    const control = document.querySelector(`.st-key-${CSS.escape(key)} :is(input, button)`)
    const writes = control?.tagName === 'INPUT'
    if (control && !(writes && matchMedia('(pointer: coarse)').matches)) control.focus()
    else if (!control && performance.now() < until) requestAnimationFrame(look)
  }
  look()
}
