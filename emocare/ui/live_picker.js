// Which camera, and why there is none. Runs in the page itself, not in the frame of the picture.
//
// A browser says what is wrong with a camera only to the code that asks for it, so this asks once,
// lets the camera go at once, and tells the page the name of the fault. The choice is remembered in
// this browser, under the name that streamlit-webrtc reads too.

const CHOSEN = "streamlit-webrtc:device-ids"
const STATES = new WeakMap()

export default function (component) {
  const { parentElement, data, setStateValue } = component
  if (!STATES.has(parentElement)) STATES.set(parentElement, make(parentElement))
  const picker = STATES.get(parentElement)
  picker.update(data, setStateValue)
  return () => {
    picker.stop()
    STATES.delete(parentElement)
  }
}

function make(root) {
  const own = (part) => root.querySelector(`[data-part=${part}]`)
  const media = navigator.mediaDevices
  const state = { asked: 0, data: null, tell: null, said: "", id: remembered(), there: false }

  function tell(fault) {
    const select = own("cameras")
    const chosen = select.options[select.selectedIndex]
    const value = { asked: state.asked, fault, camera: chosen ? chosen.textContent : "" }
    const made = JSON.stringify(value)
    if (made === state.said) return
    state.said = made
    state.tell("camera", value)
  }

  async function list() {
    const cameras = (await media.enumerateDevices()).filter((d) => d.kind === "videoinput")
    const named = cameras.filter((d) => d.deviceId && d.label)
    const select = own("cameras")
    select.replaceChildren(...named.map((d) => {
      const option = document.createElement("option")
      option.value = d.deviceId
      option.textContent = d.label
      option.selected = d.deviceId === state.id
      return option
    }))
    own("row").hidden = named.length === 0
    own("hint").hidden = named.length > 0 || state.data.watch
    const there = named.some((d) => d.deviceId === state.id)
    const pulled = state.there && !there
    state.there = there
    if (!there && named.length && !state.data.watch) keep(named[0].deviceId)
    return !pulled
  }

  function keep(id) {
    state.id = id
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(CHOSEN)) localStorage.removeItem(key)
    }
    localStorage.setItem(CHOSEN, JSON.stringify({ video: id }))
  }

  async function ask(number) {
    state.asked = number
    if (!media) return tell("Insecure")
    try {
      const video = state.id ? { deviceId: { ideal: state.id } } : true
      const stream = await media.getUserMedia({ video, audio: false })
      const used = stream.getVideoTracks()[0].getSettings().deviceId
      stream.getTracks().forEach((track) => track.stop())
      if (used) keep(used)
      await list()
      tell("")
    } catch (error) {
      tell(error.name || "Error")
    }
  }

  async function changed() {
    if (state.data.watch && !(await list())) tell("Unplugged")
    else if (!state.data.watch) await list()
  }

  async function begin() {
    if (!media) return tell("Insecure")
    media.addEventListener("devicechange", changed)
    await list()
  }

  function update(data, setStateValue) {
    const first = state.data === null
    state.data = data
    state.tell = setStateValue
    own("label").textContent = data.words.camera
    own("hint").textContent = data.words.hint
    own("cameras").disabled = data.watch
    own("cameras").onchange = (event) => keep(event.target.value)
    if (first) {
      state.asked = data.asked
      begin()
    }
    if (data.ask > state.asked) ask(data.ask)
  }

  return {
    update,
    stop() {
      if (media) media.removeEventListener("devicechange", changed)
    },
  }
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(CHOSEN) ?? "{}").video ?? ""
  } catch {
    return ""
  }
}
