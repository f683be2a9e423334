from __future__ import annotations

import gc
import logging
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from av import VideoFrame

from emocare.domain.errors import VideoTooLong, VideoUnreadable
from emocare.domain.summary import SourceInfo
from emocare.media import VideoInfo, VideoReader, frame_at, sha256_of
from tests.faults import Seen, fault
from tests.media.clips import CODECS, TICKS, make_clip, make_sound, steady

GIGABYTE = 10**9


def read(path: Path, hz: float = 30.0, max_s: float = 60.0) -> tuple[list[float], SourceInfo]:
    with VideoReader(path, reading_hz=hz, max_s=max_s, max_bytes=GIGABYTE) as reader:
        times = [frame.t_s for frame in reader]
        return times, reader.source()


def info(path: Path) -> VideoInfo:
    with VideoReader(path, max_s=60, max_bytes=GIGABYTE) as reader:
        return reader.info


def refusal(path: Path, max_s: float = 60.0, max_bytes: int = GIGABYTE) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises((VideoUnreadable, VideoTooLong)) as caught:  # noqa: SIM117
        with VideoReader(path, max_s=max_s, max_bytes=max_bytes) as reader:
            list(reader)
    message = str(caught.value)
    assert message.endswith(".")
    assert path.name in message
    assert str(path.parent) not in message
    return message


@pytest.mark.parametrize("suffix", CODECS)
def test_every_container_gives_its_times_and_pictures(tmp_path: Path, suffix: str) -> None:
    path = make_clip(tmp_path / f"clip{suffix}", steady(1.0))
    with VideoReader(path, max_s=60, max_bytes=GIGABYTE) as reader:
        frames = list(reader)
        source = reader.source("abc")
    assert np.allclose([f.t_s for f in frames], steady(1.0), atol=0.002)
    assert frames[0].t_s == 0.0
    first = frames[0].rgb
    assert first.shape == (48, 64, 3)
    assert first[:20, :28].mean() > 200 > 120 > first[28:].mean()
    assert (source.frames_decoded, source.frames_read, source.frames_dropped) == (30, 30, 0)
    assert source.duration_s == pytest.approx(1.0, abs=0.01)
    assert (source.width_px, source.height_px, source.sha256) == (64, 48, "abc")
    assert source.path == f"clip{suffix}"
    assert not source.variable_frame_rate
    assert source.note is None
    assert source.bitrate_kbps is not None and source.bitrate_kbps > 1


def test_the_first_frame_is_time_zero_whatever_its_stamp(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "late.mkv", [5.0 + t for t in steady(0.5)])
    times, source = read(path)
    assert times[0] == 0.0
    assert source.duration_s == pytest.approx(0.5, abs=0.01)


def test_a_variable_frame_rate_is_seen_and_kept(tmp_path: Path) -> None:
    stamps = [0, 0.05, 0.1, 0.3, 0.34, 0.7, 0.75, 1.0]
    times, source = read(make_clip(tmp_path / "v.mp4", stamps))
    assert np.allclose(times, stamps, atol=0.002)
    assert source.variable_frame_rate


@pytest.mark.parametrize(
    ("fps", "kept"), [(15, 30), (25, 50), (29.97, 60), (30, 60), (50, 60), (60, 60), (120, 60)]
)
def test_thinning_is_by_time(tmp_path: Path, fps: float, kept: int) -> None:
    times, source = read(make_clip(tmp_path / "f.mkv", steady(2.0, fps)))
    assert len(times) == source.frames_read
    assert len(times) == pytest.approx(kept, abs=1)
    assert source.frames_decoded == round(2 * fps)
    assert source.frames_dropped == 0


def test_thirty_frames_with_jitter_stay_thirty(tmp_path: Path) -> None:
    jitter = np.random.default_rng(1).uniform(-0.008, 0.008, 90)
    stamps = np.arange(90) / 30 + 0.01 + jitter
    times, _ = read(make_clip(tmp_path / "j.mkv", stamps.tolist()))
    assert len(times) == 90


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotation_is_applied(tmp_path: Path, rotation: int) -> None:
    path = make_clip(tmp_path / "r.mp4", steady(0.2), rotation=rotation)
    described = info(path)
    upright = frame_at(path, 0.0).rgb
    stored = frame_at(make_clip(tmp_path / "s.mp4", steady(0.2)), 0.0).rgb
    assert described.rotation_deg == rotation
    assert (described.height_px, described.width_px) == upright.shape[:2]
    assert np.array_equal(upright, np.rot90(stored, rotation // 90))


def test_a_mirrored_recording_is_put_right(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "m.mp4", steady(0.2), rotation=0, mirrored=True)
    upright = frame_at(path, 0.0).rgb
    assert upright[:20, 36:].mean() > 200 > upright[:20, :28].mean()


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", steady(0.2), pixel_aspect=Fraction(3, 2))
    assert (info(path).width_px, info(path).height_px) == (96, 48)
    assert frame_at(path, 0.0).rgb.shape == (48, 96, 3)


def test_what_a_recording_says_of_itself(tmp_path: Path) -> None:
    described = info(make_clip(tmp_path / "i.webm", steady(1.0)))
    assert (described.codec, described.container, described.rotation_deg) == ("vp8", "matroska", 0)
    assert described.duration_s == pytest.approx(1.0, abs=0.05)
    assert described.nominal_fps == pytest.approx(30, abs=1)
    assert described.bitrate_kbps is not None


@pytest.mark.parametrize("suffix", CODECS)
def test_a_file_that_breaks_off_gives_what_was_readable(tmp_path: Path, suffix: str) -> None:
    whole = make_clip(tmp_path / f"whole{suffix}", steady(3.0)).read_bytes()
    path = tmp_path / f"torn{suffix}"
    path.write_bytes(whole[: int(len(whole) * 0.6)])
    times, source = read(path)
    assert 20 < len(times) < 80
    assert source.note is not None
    assert source.note.startswith(f"The file breaks off at {source.duration_s:.1f} s.")
    assert source.duration_s == pytest.approx(times[-1] + 1 / 30, abs=0.08)
    assert frame_at(path, 0.5).t_s == pytest.approx(0.5, abs=0.04)


@fault("Video with damaged pictures", area="Files that are read",
       injected="bytes in the middle of the file are changed",
       lost="nothing else than the damaged pictures, which are counted")
def test_damaged_frames_are_counted_and_left_out(tmp_path: Path, seen: Seen) -> None:
    whole = bytearray(make_clip(tmp_path / "whole.mkv", steady(3.0)).read_bytes())
    middle = len(whole) // 2
    for at in range(middle, middle + 600, 7):
        whole[at] ^= 0xFF
    path = tmp_path / "damaged.mkv"
    path.write_bytes(whole)
    times, source = read(path)
    assert 1 <= source.frames_dropped <= 40
    assert source.note == f"Damaged pictures that were left out: {source.frames_dropped}."
    assert len(times) == source.frames_read >= 45
    assert times[-1] > 2.8
    seen(source.note, lost=0, hide={f": {source.frames_dropped}.": ": N."})


def test_stamps_that_do_not_follow_are_left_out_and_said() -> None:
    from emocare.media.clock import MediaClock

    clock = MediaClock(tick_s=0.001)
    placed = [clock.place(s) for s in (7.0, 7.1, None, 7.1, 7.05, 7.2)]
    assert placed == [0.0, pytest.approx(0.1), None, None, None, pytest.approx(0.2)]
    assert clock.rejected == 3
    assert not clock.variable


def test_sound_that_goes_on_after_the_picture_is_no_break(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "talk.mp4", steady(1.0), sound_s=4.0)
    times, source = read(path)
    assert len(times) == 30
    assert source.note is None


def test_reading_may_stop_early(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "e.mp4", steady(2.0))
    with VideoReader(path, max_s=60, max_bytes=GIGABYTE) as reader:
        for frame in reader:
            if frame.t_s > 0.4:
                break
        assert reader.position_s == frame.t_s
        assert reader.source().note is None
        assert reader.source().frames_read == 14
    path.unlink()
    assert list(tmp_path.iterdir()) == []


def test_frame_at_gives_what_is_shown_then(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "g.mp4", steady(2.0))
    assert frame_at(path, 1.01).t_s == pytest.approx(1.0, abs=0.001)
    assert frame_at(path, -3.0).t_s == 0.0
    assert frame_at(path, 99.0).t_s == pytest.approx(59 / 30, abs=0.001)


def test_files_that_are_no_recording_are_named_for_what_they_are(tmp_path: Path) -> None:
    from tests.media.test_still import png

    contents = {
        "empty.mp4": (b"", "is empty (0 bytes)"),
        "text.mp4": (b"#EXTM3U\nhttp://example.org/a.ts\n" * 9, "is a text file"),
        "zip.mov": (b"PK\x03\x04" + bytes(200), "is a ZIP archive"),
        "picture.mp4": (png(), "is a picture, not a recording"),
        "phone.mp4": (b"\0\0\0\x18ftypheic" + bytes(100), "is a picture"),
        "noise.mkv": (bytes(range(128, 256)) * 40, "not a recording"),
        "header.mp4": (b"\0\0\0\x18ftypmp42" + bytes(400), "header of header.mp4 is damaged"),
        "broken.webm": (b"\x1a\x45\xdf\xa3" + b"\x93" + bytes(300), "damaged"),
        "wave.avi": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(90), "sound recording"),
    }
    for name, (data, words) in contents.items():
        (tmp_path / name).write_bytes(data)
        assert words in refusal(tmp_path / name), name


@fault("Video cut before its table of contents", area="Files that are read",
       injected="the second half of the file is missing", lost="nothing; the file is refused")
def test_a_recording_cut_before_its_contents_says_so(tmp_path: Path, seen: Seen) -> None:
    whole = make_clip(tmp_path / "whole.mov", steady(2.0), faststart=False).read_bytes()
    path = tmp_path / "torn.mov"
    path.write_bytes(whole[: len(whole) // 2])
    said = refusal(path)
    assert "cut short" in said
    seen(said, lost=0)


def test_sound_without_a_picture(tmp_path: Path) -> None:
    assert "sound but no picture" in refusal(make_sound(tmp_path / "voice.mp4"))


@fault("Video of which nothing can be decoded", area="Files that are read",
       injected="all picture data are overwritten", lost="nothing; the file is refused")
def test_a_recording_of_which_nothing_decodes(tmp_path: Path, seen: Seen) -> None:
    whole = bytearray(make_clip(tmp_path / "whole.mp4", steady(1.0)).read_bytes())
    start = whole.index(b"mdat") + 4
    whole[start:] = b"\xff" * (len(whole) - start)
    path = tmp_path / "dead.mp4"
    path.write_bytes(whole)
    said = refusal(path)
    assert "No picture" in said
    seen(said, lost=0)


def test_too_long_and_too_large(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "long.mp4", steady(3.0))
    assert "too long" in refusal(path, max_s=2.0)
    assert "too large" in refusal(path, max_bytes=100)


def test_a_recording_that_hides_its_length_is_stopped_at_the_limit(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mkv", steady(3.0)).read_bytes()
    duration = whole.index(b"\x44\x89\x88")
    hidden = tmp_path / "live.mkv"
    hidden.write_bytes(whole[:duration] + b"\xec\x89" + whole[duration + 2 :])
    assert info(hidden).duration_s is None or info(hidden).duration_s < 3.5
    assert "too long" in refusal(hidden, max_s=2.0)


def test_missing_folder_and_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "was not found" in refusal(tmp_path / "nowhere.mp4")
    folder = tmp_path / "folder.mp4"
    folder.mkdir()
    assert "is a folder" in refusal(folder)
    path = make_clip(tmp_path / "private.mp4", steady(0.2))

    def forbid(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbid)
    assert "permission" in refusal(path)


def test_nothing_is_written_to_logs_or_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    whole = make_clip(tmp_path / "patient.mp4", steady(1.0)).read_bytes()
    capfd.readouterr()
    caplog.clear()
    (tmp_path / "patient.mp4").write_bytes(whole[: len(whole) // 2])
    read(tmp_path / "patient.mp4")
    (tmp_path / "patient2.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(400))
    refusal(tmp_path / "patient2.mp4")
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert caplog.records == []


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "minute.avi", steady(40.0), width=320, height=240)
    process = psutil.Process()
    sizes = []
    with VideoReader(path, max_s=3600, max_bytes=GIGABYTE) as reader:
        for number, _ in enumerate(reader):
            if number % 300 == 299:
                sizes.append(process.memory_info().rss)
    assert len(sizes) == 4
    assert sizes[-1] - sizes[0] < 15 * 2**20  # 900 pictures are 207 MB


def test_an_hour_of_small_pictures_counts_exactly(tmp_path: Path) -> None:
    # 300 stamps 12 s apart: the clock itself is asked, not a frame count.
    stamps = [12.0 * i for i in range(300)]
    times, source = read(
        make_clip(tmp_path / "slow.mkv", stamps, width=16, height=16), max_s=3600 * 2
    )
    assert times[-1] == pytest.approx(12.0 * 299, abs=1.5 / TICKS + 0.001)
    assert source.frames_read == 300


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_decoded_pictures_do_not_pile_up(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "many.mp4", steady(2.0), rotation=90)
    gc.collect()
    gc.disable()
    try:
        with VideoReader(path, max_s=60, max_bytes=GIGABYTE) as reader:
            alive = [sum(type(o) is VideoFrame for o in gc.get_objects()) for _ in reader]
    finally:
        gc.enable()
    assert len(alive) == 60
    assert 0 < max(alive) <= 10
