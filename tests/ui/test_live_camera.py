"""The camera's hand-over: pictures in, pictures with an overlay out, and what is told apart."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from streamlit_webrtc import WebRtcStreamerContext
from streamlit_webrtc.component import WebRtcStreamerState

from emocare.domain.frames import Box, Frame
from emocare.ui import live_camera, live_camera_link
from emocare.ui.live_camera_link import CameraFault, Link, Processor
from emocare.ui.live_camera_overlay import MEASURED, SEATED, UNMEASURED, OverlayState, draw

GREY = np.full((360, 640, 3), 128, np.uint8)
BOX = Box(100, 50, 220, 200)


def picture(pts: int | None) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(GREY, format="rgb24")
    frame.pts, frame.time_base = pts, Fraction(1, 90_000)
    return frame


def linked(overlay: OverlayState = OverlayState()) -> tuple[Link, list[Frame], list[str]]:  # noqa: B008
    link, frames, gone = Link(), [], []
    link.use(frames.append, lambda: overlay, lambda: gone.append("gone"))
    link.renew()
    return link, frames, gone


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(live_camera_link.time, "monotonic", lambda: now[0])
    return now


def test_time_comes_from_the_stamps_and_the_picture_read_carries_no_overlay() -> None:
    state = OverlayState((640, 360), BOX, None, True)
    link, frames, _ = linked(state)
    shown = link.picture(picture(45_000), link.end)
    assert frames[0].t_s == pytest.approx(0.5)
    assert np.array_equal(frames[0].rgb, GREY)
    assert not np.array_equal(shown.to_ndarray(format="rgb24"), GREY)


def test_the_newest_picture_of_a_queue_is_read_and_the_others_are_counted() -> None:
    link, frames, _ = linked()
    missed: list[int] = []
    link.use(frames.append, OverlayState, lambda: None, missed.append)
    back = asyncio.run(
        Processor(link).recv_queued([picture(0), picture(3000), picture(6000)])
    )
    assert [frame.t_s for frame in frames] == pytest.approx([2 / 30]) and missed == [2]
    assert len(back) == 1
    old = Processor(link)
    Processor(link)
    assert len(asyncio.run(old.recv_queued([picture(0), picture(3000)]))) == 1
    assert missed == [2], "what an older end still brings is not counted"


def test_a_picture_that_never_comes_is_told_with_its_reason(clock: list[float]) -> None:
    link, _, _ = linked()
    clock[0] += live_camera_link.OFFER_S - 1
    assert not link.state(offered=False).failed
    clock[0] += 2.0
    assert link.state(offered=False).reason is CameraFault.NO_OFFER
    link.renew()
    assert not link.state(offered=True).failed
    clock[0] += live_camera_link.CONNECT_S
    assert link.state(offered=True).reason is CameraFault.NOT_CONNECTED


def test_a_camera_that_goes_silent_is_lost_and_one_that_comes_is_not(clock: list[float]) -> None:
    link, _, _ = linked()
    link.picture(picture(0), link.end)
    assert link.state(offered=True).playing
    clock[0] += live_camera_link.SILENT_S + 1
    assert link.state(offered=True).reason is CameraFault.LOST
    link.picture(picture(300_000), link.end)
    assert link.state(offered=True).playing


def test_a_stream_that_ends_without_anybody_looking_means_the_browser_is_gone(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[float, object]] = []

    class Once:
        daemon = False

        def __init__(self, wait_s: float, call: object, args: tuple[int]) -> None:
            calls.append((wait_s, lambda: call(*args)))

        def start(self) -> None:
            """Runs when the test says so."""

    monkeypatch.setattr(live_camera_link.threading, "Timer", Once)
    link, _, gone = linked()
    Processor(link).on_ended()
    clock[0] += live_camera_link.GONE_S
    link.state(offered=True)
    calls[0][1]()
    assert gone == []
    Processor(link).on_ended()
    clock[0] += live_camera_link.GONE_S
    calls[1][1]()
    assert gone == ["gone"]


def test_what_an_older_stream_still_says_is_ignored() -> None:
    link, frames, _ = linked()
    old = Processor(link)
    link.picture(picture(0), link.end)
    link.renew()
    asyncio.run(old.recv_queued([picture(3000)]))
    old.on_ended()
    assert len(frames) == 1
    assert not link.state(offered=True).failed


def test_a_fault_while_a_picture_is_taken_over_is_kept_and_told() -> None:
    def refuse(frame: Frame) -> None:
        raise RuntimeError("the mailbox burst")

    link, _, _ = linked()
    link.use(refuse, OverlayState, lambda: None)
    with pytest.raises(RuntimeError):
        link.picture(picture(0), link.end)
    assert link.state(offered=True).reason is CameraFault.BROKEN


@pytest.mark.parametrize(("measured", "colour"), [(True, MEASURED), (False, UNMEASURED)])
def test_corners_say_by_colour_whether_the_face_is_measured(
    measured: bool, colour: tuple[int, int, int]
) -> None:
    drawn = draw(GREY, OverlayState((640, 360), BOX, None, measured))
    assert tuple(drawn[50, 100]) == colour
    assert tuple(drawn[125, 160]) == (128, 128, 128)


def test_the_overlay_follows_a_picture_of_another_size() -> None:
    drawn = draw(GREY[:180, :320], OverlayState((640, 360), BOX, None, True))
    assert tuple(drawn[25, 50]) == MEASURED


def test_landmarks_and_silhouette_are_drawn_only_when_asked_for() -> None:
    points = np.full((70, 2), np.nan, np.float32)
    points[0] = (160, 125)
    drawn = draw(GREY, OverlayState((640, 360), BOX, points, True))
    assert tuple(drawn[125, 160]) == (255, 255, 255)
    seated = draw(GREY, OverlayState(silhouette=True, seated=True))
    assert (seated == SEATED).all(axis=2).any()
    assert np.array_equal(draw(GREY, OverlayState()), GREY)


class Worker:
    """An end at the server."""

    def __init__(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a page's session knows; nobody sleeps."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(live_camera.st, "session_state", state)
    monkeypatch.setattr(live_camera.time, "sleep", lambda seconds: None)
    return state


def offer(page: dict[str, Any], sdp: str) -> None:
    """What the browser says last; the context of the stream stays."""
    page[live_camera.generate_frontend_component_key("camera")] = {"sdpOffer": {"sdp": sdp}}
    page.setdefault("camera", WebRtcStreamerContext(None, WebRtcStreamerState(False, True)))


def test_an_offer_that_the_browser_gave_up_loses_its_end_before_it_is_answered(
    page: dict[str, Any],
) -> None:
    link, worker = Link(), Worker()
    offer(page, "first")
    live_camera._settle("camera", link)
    page["camera"]._set_worker(worker)
    page["camera"]._sdp_answer_json = "to the first"
    old = Processor(link)
    live_camera._settle("camera", link)
    assert not worker.stopped
    offer(page, "second")
    live_camera._settle("camera", link)
    old.on_ended()
    assert worker.stopped
    assert (page["camera"]._get_worker(), page["camera"]._sdp_answer_json) == (None, None)
    assert (link.offer, link.stream) == ("second", 0)
    assert not link.state(offered=True).failed


def test_an_answer_that_reached_a_connection_given_up_makes_the_page_begin_anew(
    page: dict[str, Any],
) -> None:
    link, worker = Link(), Worker()
    offer(page, "first")
    live_camera._settle("camera", link)
    page["camera"]._set_worker(worker)
    page["camera"]._is_sdp_answer_sent = True
    offer(page, "second")
    live_camera._settle("camera", link)
    assert worker.stopped
    assert (link.offer, link.stream, link.restarts) == (None, 1, 1)


def test_an_offer_is_waited_for_in_every_run_until_it_has_stood_long_enough(
    page: dict[str, Any], clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(live_camera.time, "sleep", slept.append)
    link = Link()
    offer(page, "first")
    live_camera._settle("camera", link)
    clock[0] += 0.1
    live_camera._settle("camera", link)
    offer(page, "second")
    live_camera._settle("camera", link)
    clock[0] += live_camera.SETTLE_S
    live_camera._settle("camera", link)
    whole = live_camera.SETTLE_S
    assert slept == pytest.approx([whole, whole - 0.1, whole, 0.0])


def test_a_stream_that_plays_is_left_alone(page: dict[str, Any]) -> None:
    link, worker = Link(), Worker()
    offer(page, "first")
    live_camera._settle("camera", link)
    page["camera"]._set_worker(worker)
    page[live_camera.generate_frontend_component_key("camera")] = {"playing": True, "sdpOffer": ""}
    live_camera._settle("camera", link)
    assert not worker.stopped
