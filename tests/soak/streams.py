"""What the browser's own WebRTC statistics say about the way of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.browser.live_tools import Page

KEEP = """(() => {
  const own = window.RTCPeerConnection
  if (own === undefined) return
  window.soakPeers = []
  window.RTCPeerConnection = class extends own {
    constructor(...words) { super(...words); window.soakPeers.push(this) }
  }
})()"""
"""Remembers the connections that the page makes, to ask them for their statistics."""
WHOLE = """(() => {
  const media = navigator.mediaDevices
  if (media === undefined) return
  const own = media.getUserMedia.bind(media)
  const size = {width: {exact: 1280}, height: {exact: 720}, frameRate: {ideal: 30}}
  media.getUserMedia = (wanted) => own({...wanted, video: {
    ...(typeof wanted.video === "object" ? wanted.video : {}), ...size}})
})()"""
"""Asks the camera for 1280x720 whatever the page asks for."""
_ASK = """async () => {
  const found = {}
  for (const peer of window.soakPeers ?? []) {
    if (peer.connectionState !== "connected") continue
    for (const report of (await peer.getStats()).values()) {
      if (report.type === "outbound-rtp" && report.kind === "video") found.sent = report
      if (report.type === "inbound-rtp" && report.kind === "video") found.got = report
      if (report.type === "candidate-pair" && report.nominated) found.pair = report
    }
  }
  return found
}"""


@dataclass(frozen=True, slots=True)
class Way:
    """Totals since the connection began, from which the mean of a stretch is taken.

    Attributes:
        width_px: Of the picture that is sent, with ``height_px``.
        sent: Pictures encoded, in ``encode_s`` seconds in all.
        got: Pictures decoded, in ``process_s`` seconds from first packet to decoded, in all.
        round_trip_s: Of the network, the newest.
    """

    width_px: int
    height_px: int
    sent: int
    encode_s: float
    got: int
    process_s: float
    round_trip_s: float


def way(page: Page) -> Way | None:
    """The totals now; None while nothing is connected."""
    for frame in page.frames:
        if "webrtc" not in frame.url:
            continue
        found: dict[str, Any] = frame.evaluate(_ASK)
        sent, got, pair = (found.get(name) or {} for name in ("sent", "got", "pair"))
        if sent and got:
            return Way(
                sent.get("frameWidth", 0), sent.get("frameHeight", 0),
                sent.get("framesEncoded", 0), sent.get("totalEncodeTime", 0.0),
                got.get("framesDecoded", 0), got.get("totalProcessingDelay", 0.0),
                pair.get("currentRoundTripTime", 0.0),
            )  # fmt: skip
    return None


def outside_ms(before: Way | None, now: Way | None) -> float | None:
    """Mean milliseconds of a picture between two moments, server apart: encoding in the browser,
    network there and back, and from the first packet back to the decoded picture."""
    if before is None or now is None or now.sent <= before.sent or now.got <= before.got:
        return None
    encode_s = (now.encode_s - before.encode_s) / (now.sent - before.sent)
    process_s = (now.process_s - before.process_s) / (now.got - before.got)
    return 1000.0 * (encode_s + process_s + now.round_trip_s)
