// Loads the page again when its content has vanished.
//
// A fragment that runs by itself may send one more request while another page is being opened.
// Streamlit then takes that request for a return to the old page, drops everything the new page
// has drawn, and draws nothing. Person and session stand in the address, so loading anew restores
// the page as it was.
//
// It also asks for a new run when the system turns light or dark while the page is open: charts,
// logo and chosen options carry colours that were written by the last run.
//
// And it tells the server every few seconds whether somebody touches this window. Where nobody is
// signed in any more (signed out elsewhere, ten idle minutes) it leaves for the sign-in, so that
// nothing stays on the screen and the camera goes off.

const WATCH_MS = 300
const BLANK_MS = 1200
const MOST = 3 // reloads within PERIOD_MS, so that a page that stays empty is not loaded for ever
const PERIOD_MS = 30000
const SETTLE_MS = 100 // Streamlit notes the new appearance first
const MEMORY = "emocare-reloads"
const BEAT_MS = 10000
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]
const WATCHES = new WeakMap()

export default function (component) {
  const { parentElement, setTriggerValue } = component
  if (!WATCHES.has(parentElement)) WATCHES.set(parentElement, watch())
  const live = WATCHES.get(parentElement)
  live.tell = setTriggerValue
  return () => {
    live.end()
    WATCHES.delete(parentElement)
  }
}

function watch() {
  const appearance = window.matchMedia("(prefers-color-scheme: dark)")
  const changed = () => setTimeout(() => live.tell("appearance", Date.now()), SETTLE_MS)
  appearance.addEventListener("change", changed)
  let since = null
  const timer = setInterval(() => {
    const app = document.querySelector("[data-testid=stApp]")
    const still = app && app.getAttribute("data-test-script-state") === "notRunning"
    const blank = still && !document.querySelector(".st-key-page")
    since = blank ? since ?? Date.now() : null
    if (since !== null && Date.now() - since > BLANK_MS) {
      since = null
      loadAgain()
    }
  }, WATCH_MS)
  const stopBeating = beat()
  const end = () => {
    clearInterval(timer)
    stopBeating()
    appearance.removeEventListener("change", changed)
  }
  const live = { tell: null, end }
  return live
}

function beat() {
  let touched = true
  const touch = () => (touched = true)
  const tell = async () => {
    const active = touched ? 1 : 0
    touched = false
    try {
      const answer = await fetch(`/signed-in?active=${active}`, { method: "POST" })
      if (answer.status === 401) window.location.replace("/sign-in?why=idle")
    } catch {
      touched = touched || active === 1 // the server is away: tell it later
    }
  }
  const seen = () => document.visibilityState === "visible" && tell()
  for (const kind of TOUCHES) window.addEventListener(kind, touch, { capture: true, passive: true })
  document.addEventListener("visibilitychange", seen)
  const timer = setInterval(tell, BEAT_MS)
  return () => {
    clearInterval(timer)
    document.removeEventListener("visibilitychange", seen)
    for (const kind of TOUCHES) window.removeEventListener(kind, touch, { capture: true })
  }
}

function loadAgain() {
  const now = Date.now()
  const recent = JSON.parse(sessionStorage.getItem(MEMORY) ?? "[]").filter((t) => now - t < PERIOD_MS)
  if (recent.length >= MOST) return
  sessionStorage.setItem(MEMORY, JSON.stringify([...recent, now]))
  window.location.reload()
}
