// Follows the clip of the page with a cursor through the session chart, and seeks both.
//
// The clip is Streamlit's own <video>, the chart its own plotly figure; both are found by the keys
// of their containers and found again whenever a rerun has replaced them. Without a playable clip
// the cursor moves all the same, and the page is told where it stands.

const LIVE = new WeakMap()
const IDLE_MS = 120 // while nothing plays, the page is looked at this often

export default function (component) {
  const { parentElement, data, setStateValue } = component
  let live = LIVE.get(parentElement)
  if (!live) {
    live = start(parentElement)
    LIVE.set(parentElement, live)
  }
  live.update(data, setStateValue)
  return () => {
    live.stop()
    LIVE.delete(parentElement)
  }
}

function start(parent) {
  const own = (name) => parent.querySelector(`[data-part=${name}]`)
  const state = { data: {}, t: 0, video: null, chart: null, failed: false, stopped: false }
  let tell = () => {}
  const line = document.createElement("div")
  const corners = document.createElement("div")

  // Writing an unchanged style or text would make the browser lay the page out again.
  const style = (node, css) => {
    if (node.dataset.css !== css) node.style.cssText = node.dataset.css = css
  }
  const words = (node, text) => {
    if (node.textContent !== text) node.textContent = text
  }

  const clock = (s) => {
    const whole = Math.max(0, Math.round(s))
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
  }

  function seek(t) {
    state.t = Math.min(Math.max(t, 0), state.data.duration_s)
    requestAnimationFrame(paint)
    if (state.video && state.video.readyState > 0) state.video.currentTime = state.t
    if (state.data.tell) tell("t", Math.round(state.t * 10) / 10)
  }

  function toggle() {
    if (!state.video || state.failed) return
    if (state.video.paused) state.video.play().catch(() => {})
    else state.video.pause()
  }

  function step(direction) {
    const moments = [...state.data.moments].sort((a, b) => a - b)
    const next = direction > 0
      ? moments.find((t) => t > state.t + 0.3)
      : moments.reverse().find((t) => t < state.t - 0.3)
    if (next !== undefined) seek(next)
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const path = event.composedPath()
    const editing = path.some((node) => node.matches && node.matches(
      "input, textarea, select, video, [contenteditable=true], [role=dialog], [role=radiogroup], canvas"))
    if (editing) return
    if (event.key === "p" || event.key === "P") toggle()
    else if (event.key === "ArrowLeft") step(-1)
    else if (event.key === "ArrowRight") step(1)
    else return
    event.preventDefault()
  }

  function bind() {
    const video = document.querySelector(`.st-key-${state.data.clip_key} video`)
    if (video !== state.video) {
      state.video = video
      state.failed = false
      if (video) {
        video.addEventListener("error", () => { state.failed = true }, true)
        video.addEventListener("loadedmetadata", () => {
          if (state.t > 0) video.currentTime = state.t
        })
        video.parentElement.style.position = "relative"
        video.parentElement.appendChild(corners)
      }
    }
    const chart = document.querySelector(`.st-key-${state.data.chart_key} .js-plotly-plot`)
    if (chart !== state.chart) {
      state.chart = chart
      if (chart) {
        chart.style.position = "relative"
        chart.appendChild(line)
        chart.addEventListener("click", onChart)
        chart.style.cursor = "pointer"
      }
    } else if (chart && line.parentElement !== chart) {
      chart.appendChild(line)
    }
  }

  function axis() {
    const layout = state.chart && state.chart._fullLayout
    return layout && layout.xaxis && layout.xaxis._length > 0 ? layout : null
  }

  function onChart(event) {
    const layout = axis()
    if (!layout) return
    const x = event.clientX - state.chart.getBoundingClientRect().left - layout.xaxis._offset
    if (x < -2 || x > layout.xaxis._length + 2) return
    seek(layout.xaxis.p2l(Math.min(Math.max(x, 0), layout.xaxis._length)))
  }

  function drawLine() {
    const layout = axis()
    if (!layout) {
      style(line, "display:none")
      return
    }
    const x = layout.xaxis._offset + layout.xaxis.l2p(state.t)
    style(line, `display:block;position:absolute;pointer-events:none;z-index:5;
      left:${(x - 0.75).toFixed(1)}px;top:${layout._size.t}px;height:${layout._size.h + 5}px;
      width:1.5px;background:${state.data.ink}`)
    if (!line.firstChild) line.appendChild(document.createElement("span"))
    words(line.firstChild, clock(state.t))
    style(line.firstChild, `position:absolute;top:calc(100% + 19px);left:50%;transform:translateX(-50%);
      padding:1px 5px;border-radius:3px;font:600 13px Inter,sans-serif;white-space:nowrap;
      background:${state.data.ink};color:${state.data.page}`)
  }

  function drawCorners() {
    const boxes = state.data.boxes || []
    let low = 0
    let high = boxes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (boxes[middle][0] <= state.t + 0.02) low = middle + 1
      else high = middle
    }
    const box = boxes[low - 1]
    const video = state.video
    if (!video || !box || box[1] === null || state.t - box[0] > 0.5 || !video.videoWidth) {
      style(corners, "display:none")
      return
    }
    const scale = Math.min(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight)
    const left = video.offsetLeft + (video.clientWidth - video.videoWidth * scale) / 2
    const top = video.offsetTop + (video.clientHeight - video.videoHeight * scale) / 2
    const [x, y, w, h] = [box[1], box[2], box[3] - box[1], box[4] - box[2]].map((v) => v * scale)
    const colour = box[5] ? "#9BD6E4" : "#E0A14A"
    const edge = `linear-gradient(${colour} 0 0)`
    const reach = Math.round(Math.min(w, h) * 0.18)
    const spots = ["left top", "left top", "right top", "right top",
      "left bottom", "left bottom", "right bottom", "right bottom"]
    style(corners, `display:block;position:absolute;pointer-events:none;z-index:4;
      left:${left + x}px;top:${top + y}px;width:${w}px;height:${h}px;
      background:${spots.map((spot, i) => `${edge} ${spot} / ${
        i % 2 ? `2px ${reach}px` : `${reach}px 2px`} no-repeat`).join(",")}`)
  }

  function paint() {
    const { video } = state
    if (video && !video.seeking && video.readyState > 1) state.t = video.currentTime
    words(own("now"), clock(state.t))
    const playing = video && !video.paused && !state.failed
    const label = playing ? state.data.words.pause : state.data.words.play
    if (own("play").getAttribute("aria-label") !== label) {
      own("play").setAttribute("aria-label", label)
      own("icon-play").style.display = playing ? "none" : ""
      own("icon-pause").style.display = playing ? "" : "none"
    }
    own("play").disabled = !video || state.failed
    own("failed").hidden = !state.failed
    own("row").hidden = false
    words(own("why"), reached(own("moments")))
    own("why").hidden = state.data.moments.length === 0
    words(own("attended-why"), reached(own("attended")))
    style(own("here"), `left:${((100 * state.t) / (state.data.duration_s || 1)).toFixed(2)}%`)
    drawLine()
    drawCorners()
  }

  // Marks the pill in which the clip stands, and gives its reason.
  function reached(holder) {
    let why = ""
    for (const pill of holder.children) {
      const inside = state.t > Number(pill.dataset.from) && state.t < Number(pill.dataset.until)
      if ((pill.getAttribute("aria-pressed") === "true") !== inside) {
        pill.setAttribute("aria-pressed", String(inside))
      }
      if (inside) why = pill.title
    }
    return why
  }

  // Buttons that seek: {t, from, until, label, why}; made anew only when they have changed.
  function pills(holder, moments) {
    const made = JSON.stringify(moments)
    if (holder.dataset.made === made) return
    holder.dataset.made = made
    holder.replaceChildren(...moments.map((moment) => {
      const pill = document.createElement("button")
      pill.type = "button"
      pill.dataset.t = moment.t
      pill.dataset.from = moment.from
      pill.dataset.until = moment.until
      pill.textContent = moment.label
      pill.title = moment.why
      pill.setAttribute("aria-label", `${clock(moment.t)} ${moment.why}`)
      pill.onclick = () => seek(moment.t)
      return pill
    }))
  }

  // The strip of attention: one rectangle a stretch, darker where it weighed more.
  function attend(attention, data) {
    own("looked").hidden = !attention
    if (!attention) return
    own("looked-label").textContent = data.words.looked
    own("explained").textContent = data.words.explained
    own("end").textContent = clock(data.duration_s)
    own("strip").setAttribute("aria-label", attention.alt)
    own("strip").onclick = (event) => {
      const box = own("strip").getBoundingClientRect()
      seek(((event.clientX - box.left) / box.width) * data.duration_s)
    }
    const cells = own("cells")
    cells.setAttribute("viewBox", `0 0 ${data.duration_s} 1`)
    const made = JSON.stringify(attention.cells)
    if (cells.dataset.made !== made) {
      cells.dataset.made = made
      cells.replaceChildren(...attention.cells.map(([start, end, dark]) => {
        const cell = document.createElementNS("http://www.w3.org/2000/svg", "rect")
        cell.setAttribute("x", start)
        cell.setAttribute("width", end - start)
        cell.setAttribute("height", 1)
        cell.setAttribute("fill", "currentColor")
        cell.setAttribute("fill-opacity", 0.08 + 0.92 * dark)
        return cell
      }))
    }
    pills(own("attended"), attention.moments.map((moment) => (
      { ...moment, from: moment.t - 0.3, until: Math.max(moment.until, moment.t + 0.6) })))
  }

  function loop() {
    if (state.stopped) return
    bind()
    paint()
    if (state.video && !state.video.paused) requestAnimationFrame(loop)
    else setTimeout(loop, IDLE_MS)
  }

  function update(data, setStateValue) {
    tell = setStateValue
    state.data = data
    own("of").textContent = `${data.words.of} ${clock(data.duration_s)}`
    own("failed").textContent = data.words.failed
    own("label").textContent = data.words.moments
    own("label").hidden = data.moments.length === 0
    own("prev").setAttribute("aria-label", data.words.previous)
    own("next").setAttribute("aria-label", data.words.next)
    own("prev").disabled = own("next").disabled = data.moments.length === 0
    own("play").style.display = data.clip_key ? "" : "none"
    own("play").onclick = toggle
    own("prev").onclick = () => step(-1)
    own("next").onclick = () => step(1)
    pills(own("moments"), data.moments.map((t, i) => (
      { t, from: t - 0.6, until: t + 0.6, label: clock(t), why: data.labels[i] })))
    attend(data.attention, data)
  }

  document.addEventListener("keydown", onKey)
  requestAnimationFrame(loop)
  return {
    update,
    stop() {
      state.stopped = true
      document.removeEventListener("keydown", onKey)
      if (state.chart) state.chart.removeEventListener("click", onChart)
      line.remove()
      corners.remove()
    },
  }
}
