from __future__ import annotations

import logging
import signal
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from emocare.domain.errors import ImageUnreadable, VideoTooLong, VideoUnreadable
from emocare.media import glance, guarded, opened, video, worker
from emocare.media.ahead import read_ahead
from emocare.media.worker import Worker, WorkerPool
from tests.faults import Seen, fault
from tests.media.clips import make_clip, steady
from tests.media.test_still import png

LIMITS = {"max_s": 60.0, "max_bytes": 10**9}
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a limit of the system")
HARM = """
import os, signal, sys, time
import numpy as np
from emocare.media import limits, worker_process
limits.CPU_S = 0
def harm(path):
    {harm}
worker_process.read_image = harm
worker_process.main()
"""
"""A reading process whose decoder does ``harm``."""


@pytest.fixture
def harmed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Pictures are read by a decoder that does what the test asks for."""
    pool = WorkerPool(lambda: Worker(("-c", HARM.format(harm=request.param))))
    monkeypatch.setattr(guarded, "POOL", pool)
    yield
    pool.close()


def harm(*lines: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("harmed", lines, indirect=True)


def refusal(tmp_path: Path) -> str:
    """The sentence on a picture, which names it and not its folder."""
    path = tmp_path / "gift.png"
    path.write_bytes(png())
    with pytest.raises(ImageUnreadable) as caught:
        guarded.read_image(path)
    assert str(caught.value).startswith("gift.png ")
    assert str(tmp_path) not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("guarded") / "visit.mp4", steady(1.0))


def test_frames_and_what_is_said_of_them_are_those_of_the_own_process(clip: Path) -> None:
    with guarded.VideoReader(clip, **LIMITS) as apart, video.VideoReader(clip, **LIMITS) as own:
        with closing(read_ahead(apart)) as ahead:
            pairs = list(zip(ahead, own, strict=True))
        assert len(pairs) == 30
        for mine, theirs in pairs:
            assert mine.t_s == theirs.t_s
            assert np.array_equal(mine.rgb, theirs.rgb)
        assert apart.info == own.info
        assert apart.source("abc") == own.source("abc")
    picture = guarded.frame_at(clip, 0.5)
    assert picture.t_s == pytest.approx(0.5, abs=0.001)
    assert picture.rgb.shape == (48, 64, 3)


def test_pictures_and_refusals_are_those_of_the_own_process(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    assert guarded.read_image(path)[0, 3].tolist() == [255, 0, 0]
    path.write_bytes(b"hello")
    with pytest.raises(ImageUnreadable, match="is not a picture"):
        guarded.read_image(path)
    with pytest.raises(VideoUnreadable, match="is a text file"):
        guarded.frame_at(path, 0.0)
    with pytest.raises(VideoUnreadable, match="not found"):
        guarded.frame_at(tmp_path / "no\0thing.mp4", 0.0)


def test_limits_hold_over_there(clip: Path) -> None:
    with pytest.raises(VideoTooLong, match="limit is 0 min"):  # noqa: SIM117
        with guarded.VideoReader(clip, max_s=0.5, max_bytes=10**9):
            raise AssertionError("it was opened")


@fault("The process that decodes a video is killed", area="Files that are read",
       injected="SIGKILL from outside; another file is read afterwards",
       lost="nothing; the file is refused")
def test_one_process_reads_file_after_file_until_one_goes_wrong(clip: Path, seen: Seen) -> None:
    pool = WorkerPool()
    look = {"do": "frame", "path": str(clip), "t_s": 0}
    pids = []
    for _ in range(2):
        with pool.borrow() as one:
            one.frame(one.ask(look, "a", VideoUnreadable, 60), "a", VideoUnreadable, 60)
            pids.append(one.pid)
    assert pids[0] == pids[1]
    with pytest.raises(VideoUnreadable, match="made the decoder stop") as caught, \
            pool.borrow() as one:  # fmt: skip
        psutil.Process(one.pid).kill()
        one.ask(look, "a", VideoUnreadable, 60)
    assert not psutil.pid_exists(pids[0])
    with pool.borrow() as one:
        assert one.pid != pids[0]
    seen(caught.value, lost=0)
    pool.close()
    assert not psutil.pid_exists(one.pid)


def test_looking_without_reading_keeps_the_process_and_stopping_ends_it(clip: Path) -> None:
    with guarded.VideoReader(clip, **LIMITS) as reader:
        looked = reader._worker.pid
    with guarded.VideoReader(clip, **LIMITS) as reader:
        assert reader._worker.pid == looked
        assert next(iter(reader)).t_s == 0.0
        with pytest.raises(RuntimeError, match="whole recording"):
            reader.source()
    assert not psutil.pid_exists(looked)


@fault("The process that decodes a video crashes", area="Files that are read",
       injected="SIGABRT, or an early exit, in that process", lost="nothing; the file is refused")
@harm("os.kill(os.getpid(), signal.SIGABRT)", "os._exit(3)")
def test_a_decoder_that_crashes_is_a_sentence(tmp_path: Path, harmed: None, seen: Seen) -> None:
    said = refusal(tmp_path)
    seen(said, lost=0)
    assert "made the decoder stop" in said and "save it anew" in said


@fault("A video keeps its decoder busy without end", area="Files that are read",
       injected="an endless loop in the process that decodes", lost="nothing; the file is refused")
@POSIX
@harm("while True: pass")
def test_an_endless_loop_ends(tmp_path: Path, harmed: None, seen: Seen) -> None:
    said = refusal(tmp_path)
    assert "was given up" in said
    seen(said, lost=0)


@harm("time.sleep(100)")
def test_a_decoder_that_only_waits_ends(
    tmp_path: Path, harmed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "LOOK_S", 0.2)
    assert "was given up" in refusal(tmp_path)


@fault("A file that unpacks to more than the memory", area="Files that are read",
       injected="the process that decodes asks for 10 and 100 GB",
       lost="nothing; the file is refused")
@POSIX
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes no notice of the limit")
@harm("np.empty(10**11, np.uint8)", "bytearray(10**10)")
def test_memory_without_end_is_refused_by_the_system(
    tmp_path: Path, harmed: None, seen: Seen
) -> None:
    said = refusal(tmp_path)
    assert "needs more than 4 GB of memory" in said
    seen(said, lost=0)


@harm("time.sleep(100)")
def test_where_the_system_has_no_limit_the_watch_sees_the_memory(
    tmp_path: Path, harmed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MEMORY_BYTES", 2**20)
    assert "of memory to be read" in refusal(tmp_path)


@harm("print('a word', flush=True); os.write(1, b'more'); raise ZeroDivisionError(path)")
def test_a_fault_is_logged_by_its_place_and_what_is_printed_goes_nowhere(
    tmp_path: Path, harmed: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert "made the decoder stop" in refusal(tmp_path)
    assert "ZeroDivisionError in <string>:harm" in caplog.text
    assert "gift" not in caplog.text


@POSIX
@harm("open(path + '.copy', 'wb').write(b'x')")
def test_the_process_writes_no_file(tmp_path: Path, harmed: None) -> None:
    refusal(tmp_path)
    assert all(found.stat().st_size == 0 for found in tmp_path.glob("*.copy"))


def test_settings_and_keys_stay_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOCARE_KEY", "secret")
    assert "secret" not in worker._environment().values()


def test_a_program_that_does_not_start_is_not_blamed_on_the_file(clip: Path) -> None:
    pool = WorkerPool(lambda: Worker(("-c", "raise SystemExit(1)")))
    with pytest.raises(VideoUnreadable, match="reads files does not start"):  # noqa: SIM117
        with pool.borrow() as started:
            started.ask({}, "a.mp4", VideoUnreadable, 60)


# Bombs


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header announces any size, in a few bytes."""
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    data = b"IDAT" + zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (len(part) - 4).to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big")
        for part in (header, data, b"IEND"))  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (300, 2**30)])
def test_a_picture_with_absurd_dimensions(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(width, height))
    with pytest.raises(ImageUnreadable, match=r"^bomb\.png (has more than 200 million|is not a)"):
        guarded.read_image(path)


def test_pixels_of_absurd_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MAX_SIDE_PX", 90)
    path = make_clip(tmp_path / "wide.mp4", steady(0.2), pixel_aspect=Fraction(3, 2))
    with pytest.raises(VideoUnreadable, match="96 x 48 pixels: save it with at most 90"):
        glance.frame_at(path, 0.0)


def test_more_pictures_than_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MOST_AT_ONCE", 20)
    monkeypatch.setattr(video, "MOST_PER_S", 10)
    path = make_clip(tmp_path / "dense.mkv", [k * 0.001 for k in range(90)])
    with pytest.raises(VideoUnreadable, match="more than 10 pictures a second"):  # noqa: SIM117
        with video.VideoReader(path, **LIMITS) as reader:
            list(reader)


@pytest.mark.parametrize(("length_ms", "words"), [(1e9, "too long"), (1e15, "too long")])
def test_an_announced_length_without_end(tmp_path: Path, length_ms: float, words: str) -> None:
    data = bytearray(make_clip(tmp_path / "long.mkv", steady(0.5)).read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    data[at : at + 8] = struct.pack(">d", length_ms)
    path = tmp_path / "endless.mkv"
    path.write_bytes(data)
    with pytest.raises(VideoTooLong, match=words):  # noqa: SIM117
        with guarded.VideoReader(path, **LIMITS):
            raise AssertionError("it was opened")


@POSIX
def test_the_signal_for_time_is_the_one_that_is_looked_for() -> None:
    assert -signal.SIGXCPU == worker.OUT_OF_TIME
