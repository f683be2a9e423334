"""The shipped network on real clips: coarse facts only, so that a better network passes too.

What these do not test: accuracy. That is measured by the evaluation and written in its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, Face, PictureReading, ReadHint
from emocare.domain.frames import Box, Frame
from emocare.media import VideoReader, frame_at
from emocare.vision import OnnxFaceReader, load_face_reader

ROOT = Path(__file__).resolve().parent.parent.parent
CLIPS = ROOT.parent / "shared" / "data" / "videos"
needs_clips = pytest.mark.skipif(
    not CLIPS.exists(), reason="research clips are not on this machine (../shared/data/videos)"
)
AU12 = ACTION_UNITS.index("au12")


@pytest.fixture(scope="module")
def shipped() -> OnnxFaceReader:
    return load_face_reader(ROOT / "models", threads=1)


@dataclass(frozen=True)
class Followed:
    """A clip read as a recording is: searched at first, when lost, and every 15th frame."""

    t_s: NDArray[np.float64]
    readings: list[PictureReading]
    reference: dict[str, NDArray[np.generic]]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) where a face was read."""
        return np.array([r.face is not None for r in self.readings])

    @property
    def faces(self) -> list[Face]:
        """The faces read."""
        return [r.face for r in self.readings if r.face is not None]


def follow(reader: OnnxFaceReader, name: str, hz: float) -> Followed:
    path = next(CLIPS.glob(f"{name}.*"))
    with np.load(CLIPS / "reference" / f"{name}.npz") as stored:
        reference = {key: stored[key] for key in ("time_s", "landmarks_px", "yunet_faces")}
    hint, times, readings = None, [], []
    with VideoReader(path, reading_hz=hz, max_s=60, max_bytes=10**9) as video:
        for number, frame in enumerate(video):
            detect = hint is None or number % 15 == 0
            reading = reader.read(frame, ReadHint(hint, detect))
            hint = None if reading.face is None else reading.face.landmarks_px
            times.append(frame.t_s)
            readings.append(reading)
    t_s = np.array(times)
    rows = np.abs(reference["time_s"].astype(float)[None] - t_s[:, None]).argmin(axis=1)
    return Followed(t_s, readings, {k: v[rows] for k, v in reference.items()})


def eye_aspect_ratio(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of both eyes of (T, 70, 2) landmarks."""
    ratios = []
    for first in (36, 42):
        e = points[:, first : first + 6]
        lids = np.linalg.norm(e[:, 1] - e[:, 5], axis=1) + np.linalg.norm(e[:, 2] - e[:, 4], axis=1)
        ratios.append(lids / 2 / np.linalg.norm(e[:, 0] - e[:, 3], axis=1))
    return np.mean(ratios, axis=0)


def error(clip: Followed) -> float:
    """Mean landmark error over the outer eye distance."""
    truth = clip.reference["landmarks_px"].astype(np.float64)
    ours = np.stack([face.landmarks_px for face in clip.faces])
    ocular = np.linalg.norm(truth[:, 36] - truth[:, 45], axis=1)
    return float((np.linalg.norm(ours - truth, axis=2).mean(axis=1) / ocular).mean())


def turned(rgb: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """The picture turned clockwise about its middle."""
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    picture = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture, dtype=np.uint8)


def test_the_shipped_weights_pass_their_self_test(shipped: OnnxFaceReader) -> None:
    assert shipped.spec.id == "face"
    blank = shipped.read(Frame(0.0, np.full((360, 640, 3), 128, np.uint8)), ReadHint())
    assert blank.face is None


@needs_clips
def test_a_smile_is_seen_when_it_comes(shipped: OnnxFaceReader) -> None:
    clip = follow(shipped, "single_face", 30)
    assert clip.seen.all()
    assert all(r.n_faces == 1 for r in clip.readings if r.detected)
    assert all(r.followed for r in clip.readings[1:])
    assert error(clip) < 0.08
    smile = np.convolve([f.action_units[AU12] for f in clip.faces], np.full(5, 0.2), mode="valid")
    half = (smile.min() + smile.max()) / 2
    assert clip.t_s[2:-2][smile >= half][0] == pytest.approx(0.63, abs=0.15)
    assert smile.max() - smile.min() > 0.3
    happy = np.array([f.expressions[1] for f in clip.faces])
    assert happy[-20:].mean() > 0.6 > happy[:10].mean()
    assert all(np.isnan(f.action_units[ACTION_UNITS.index("au06")]) for f in clip.faces)


@needs_clips
def test_eyes_are_followed_through_closures(shipped: OnnxFaceReader) -> None:
    clip = follow(shipped, "expressions_woman", 10)
    assert clip.seen.all()
    assert error(clip) < 0.08
    truth = eye_aspect_ratio(clip.reference["landmarks_px"].astype(np.float64))
    ours = np.array([(f.eye_openness_left + f.eye_openness_right) / 2 for f in clip.faces])
    assert np.corrcoef(ours, truth)[0, 1] > 0.9
    shut, open_ = truth < 0.08, truth > 0.2
    assert ours[shut].mean() < 0.5 * ours[open_].mean()


@needs_clips
@pytest.mark.parametrize(
    ("name", "start_s", "end_s"),
    [("face_noface", 0.0, 2.37), ("noface_face", 3.95, 6.31), ("no_face", 9.0, 9.0)],
)
def test_a_face_is_read_where_there_is_one_and_nowhere_else(
    shipped: OnnxFaceReader, name: str, start_s: float, end_s: float
) -> None:
    clip = follow(shipped, name, 10)
    inside = (clip.t_s >= start_s) & (clip.t_s <= end_s)
    cut = np.minimum(np.abs(clip.t_s - start_s), np.abs(clip.t_s - end_s)) <= 0.1
    assert clip.seen[inside & ~cut].all()
    assert not clip.seen[~inside & ~cut].any()


@needs_clips
def test_a_crowd_is_several_faces(shipped: OnnxFaceReader) -> None:
    searched = []
    path = next(CLIPS.glob("street_crowd.*"))
    with VideoReader(path, reading_hz=3, max_s=60, max_bytes=10**9) as video:
        searched = [shipped.read(frame, ReadHint()) for frame in video]
    several = [r for r in searched if r.n_faces is not None and r.n_faces >= 2]
    assert len(several) >= len(searched) / 2
    ratios = [r.second_face_ratio for r in searched if r.second_face_ratio is not None]
    assert np.mean(np.array(ratios) >= 0.5) >= 0.3


@needs_clips
@pytest.mark.parametrize("degrees", [-30.0, -15.0, 15.0, 30.0])
def test_turning_the_picture_turns_roll_alone(shipped: OnnxFaceReader, degrees: float) -> None:
    rgb = frame_at(CLIPS / "single_face.mp4", 1.5).rgb
    level = shipped.read(Frame(0.0, rgb), ReadHint()).face
    laid = shipped.read(Frame(0.0, turned(rgb, degrees)), ReadHint()).face
    assert level is not None and laid is not None
    assert laid.roll_deg - level.roll_deg == pytest.approx(degrees, abs=4)
    assert laid.yaw_deg == pytest.approx(level.yaw_deg, abs=6)
    assert laid.pitch_deg == pytest.approx(level.pitch_deg, abs=6)


@needs_clips
def test_a_dim_face_is_found_and_measured_as_dim(shipped: OnnxFaceReader) -> None:
    rgb = frame_at(CLIPS / "single_face.mp4", 1.5).rgb
    dim = (rgb * 0.2).astype(np.uint8)
    face = shipped.read(Frame(0.0, dim), ReadHint()).face
    assert face is not None
    assert face.quality.brightness < 40
    blurred = cv2.GaussianBlur(rgb, (0, 0), 8).astype(np.uint8)
    sharp = shipped.read(Frame(0.0, rgb), ReadHint()).face
    soft = shipped.read(Frame(0.0, blurred), ReadHint()).face
    assert sharp is not None and sharp.quality.sharpness > 40
    assert soft is None or soft.quality.sharpness < 40


@needs_clips
def test_a_searched_and_a_followed_face_read_alike(shipped: OnnxFaceReader) -> None:
    rgb = frame_at(CLIPS / "single_face.mp4", 1.5).rgb
    first = shipped.read(Frame(0.0, rgb), ReadHint()).face
    assert first is not None
    again = shipped.read(Frame(0.0, rgb), ReadHint(first.landmarks_px, detect=False)).face
    assert again is not None
    drift = np.linalg.norm(again.landmarks_px - first.landmarks_px, axis=1).mean()
    assert drift < 0.03 * first.box_px.width
    assert np.abs(again.expressions - first.expressions).max() < 0.2
    assert np.nanmax(np.abs(again.action_units - first.action_units)) < 0.2


@needs_clips
def test_a_crop_reads_as_the_face_it_was_cut_from(shipped: OnnxFaceReader) -> None:
    rgb = frame_at(CLIPS / "single_face.mp4", 1.8).rgb
    face = shipped.read(Frame(0.0, rgb), ReadHint()).face
    assert face is not None
    box = face.box_px
    x, y = box.centre
    half = 0.62 * box.height
    crop = rgb[round(y - half - 0.1 * box.height) : round(y + half - 0.1 * box.height),
               round(x - half) : round(x + half)]  # fmt: skip
    again = shipped.read_crop(crop)
    assert again.box_px == Box(0, 0, crop.shape[1], crop.shape[0])
    assert int(again.expressions.argmax()) == int(face.expressions.argmax()) == 1
    assert again.confidence > 0.6


@needs_clips
def test_only_the_region_is_read(shipped: OnnxFaceReader) -> None:
    rgb = frame_at(CLIPS / "single_face.mp4", 1.5).rgb
    pair = np.concatenate([rgb, rgb], axis=1)
    height, width = rgb.shape[:2]
    right = Box(width, 0, 2 * width, height)
    reading = shipped.read(Frame(0.0, pair), ReadHint(region=right))
    assert reading.face is not None
    assert reading.face.box_px.centre[0] > width
    assert reading.n_faces == 1
    both = shipped.read(Frame(0.0, pair), ReadHint())
    assert both.n_faces == 2
    assert both.second_face_ratio == pytest.approx(1.0, abs=0.15)
