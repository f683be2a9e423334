// Sends what is being typed in the journal to the server while the person goes on typing.
//
// A text field tells the server its words only when it is left. Whoever writes for long would seem
// to be away: the page would cover itself, and the words would be lost. A text field that hears
// that it was left sends its words; it keeps the focus and the place of the cursor.

const PAUSE_MS = 1500 // without a key
const LONGEST_MS = 15000 // of typing without a pause
const ENDS = new WeakMap()

export default function (component) {
  const { parentElement } = component
  if (!ENDS.has(parentElement)) ENDS.set(parentElement, watch())
  return () => {
    ENDS.get(parentElement)()
    ENDS.delete(parentElement)
  }
}

function watch() {
  let timer = null
  let since = null
  const send = (field) => {
    since = null
    if (field.isConnected) field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }))
  }
  const typed = (event) => {
    const field = event.target
    if (!(field instanceof HTMLTextAreaElement) || !field.closest('[class*="st-key-journal_text_"]'))
      return
    clearTimeout(timer)
    since ??= Date.now()
    const left = Math.max(0, since + LONGEST_MS - Date.now())
    timer = setTimeout(() => send(field), Math.min(PAUSE_MS, left))
  }
  document.addEventListener("input", typed)
  return () => {
    clearTimeout(timer)
    document.removeEventListener("input", typed)
  }
}
