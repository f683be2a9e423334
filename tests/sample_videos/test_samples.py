"""The sample clips are what their JSON says, play everywhere, and can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from sample_videos.make_samples import manifest
from sample_videos.studio.acting import Part
from sample_videos.studio.expression import Look, flat
from sample_videos.studio.film import Studio, truth, write
from sample_videos.studio.scripts import CLIPS

FOLDER = Path(__file__).resolve().parents[2] / "sample_videos"
NAMES = tuple(CLIPS)
EVENT_TYPES = {"blink", "smile", "look_away", "brow_lower", "brow_raise", "long_closure"}


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield Studio()
    cv2.setNumThreads(threads)


def told(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return value


def test_all_clips_together_stay_small() -> None:
    sizes = [(FOLDER / f"{name}.mp4").stat().st_size for name in NAMES]
    assert len(sizes) >= 7
    assert sum(sizes) < 20_000_000


def test_the_manifest_names_every_clip_with_its_hash() -> None:
    kept = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    assert kept == manifest(FOLDER)
    assert [row["name"] for row in kept["clips"]] == list(NAMES)
    for row in kept["clips"]:
        content = (FOLDER / row["file"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert (FOLDER / row["truth"]).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_as_its_json_says(name: str) -> None:
    facts = told(name)
    with av.open(str(FOLDER / facts["file"])) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert [stream.width, stream.height] == facts["size"]
        assert float(stream.average_rate or 0) == facts["fps"]
        times = [frame.time for frame in container.decode(stream)]
    assert len(times) == round(facts["duration_s"] * facts["fps"])
    assert times == pytest.approx(np.arange(len(times)) / facts["fps"], abs=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_index_of_a_clip_lies_at_its_front(name: str) -> None:
    head = (FOLDER / f"{name}.mp4").read_bytes()
    assert 0 < head.index(b"moov") < head.index(b"mdat")


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_beside_a_clip_is_the_scripts(name: str) -> None:
    assert told(name) == json.loads(json.dumps(truth(CLIPS[name]())))


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_well_formed(name: str) -> None:
    facts = told(name)
    assert facts["schema"] == 1
    assert facts["title"] and facts["description"].endswith(".")
    assert facts["expected"]["gate"] in {"reliable", "limited", "unreliable"}
    assert [row["second"] for row in facts["per_second"]] == list(range(int(facts["duration_s"])))
    assert all(row["actions"] for row in facts["per_second"])
    people = [facts["events"], *(other["events"] for other in facts.get("others", []))]
    assert facts["people"] in (0, len(people))
    for events in people:
        onsets = [event["onset_s"] for event in events]
        assert onsets == sorted(onsets)
        for event in events:
            assert event["type"] in EVENT_TYPES
            assert 0 <= event["onset_s"] < event["offset_s"] <= facts["duration_s"]
            if event["type"] == "blink":
                assert 0.05 <= event["offset_s"] - event["onset_s"] <= 0.5
            if event["type"] in {"smile", "look_away", "long_closure"}:
                assert event["offset_s"] - event["onset_s"] > 0.5


def test_the_clips_show_what_they_must() -> None:
    def count(name: str, kind: str) -> int:
        return sum(event["type"] == kind for event in told(name)["events"])

    assert count("smile", "smile") == 3
    assert count("brows", "brow_raise") == count("brows", "brow_lower") == 2
    assert count("blinks", "blink") == 8
    assert count("blinks", "long_closure") == 1
    assert count("look_away", "look_away") == 4
    assert told("dark_then_light")["intervals"]["dark"] == [[0.0, 8.0]]
    assert told("no_face")["people"] == 0
    assert told("two_people")["people"] == 2
    whole = told("session")
    assert whole["duration_s"] >= 180
    assert whole["expected"]["gate"] == "reliable"
    spans = [(s["start_s"], s["end_s"]) for s in whole["segments"]]
    assert spans[0][0] == 0 and spans[-1][1] == whole["duration_s"]
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_the_dark_part_is_dark_and_then_it_is_light() -> None:
    with av.open(str(FOLDER / "dark_then_light.mp4")) as container:
        bright = [float(f.to_ndarray(format="gray").mean()) for f in container.decode(video=0)]
    assert max(bright[: 8 * 25]) < 40
    assert min(bright[9 * 25 :]) > 80


def test_one_second_made_twice_is_the_same(studio: Studio) -> None:
    clip = CLIPS["smile"]()
    first = list(studio.frames(clip, 65, 90))
    again = list(Studio().frames(CLIPS["smile"](), 65, 90))
    assert len(first) == 25
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_the_committed_film_shows_what_the_studio_makes(studio: Studio) -> None:
    clip = CLIPS["two_people"]()
    made = next(studio.frames(clip, 0, 1)).astype(np.float64)
    with av.open(str(FOLDER / "two_people.mp4")) as container:
        kept = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(np.float64)
    assert float(np.abs(made - kept).mean()) < 6


def test_a_film_of_given_pictures_has_their_number_and_size(tmp_path: Path) -> None:
    pictures = [np.full((480, 640, 3), 40 * i, np.uint8) for i in range(5)]
    write(iter(pictures), tmp_path / "five.mp4")
    with av.open(str(tmp_path / "five.mp4")) as container:
        seen = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]
    assert len(seen) == 5
    assert seen == sorted(seen)


def test_a_shut_eye_shows_lid_where_the_iris_was(studio: Studio) -> None:
    eye = studio.first.face.eyes[0]
    left, top = eye.region.source_corner()
    column, row = (round((at - start) * 2) for at, start in zip(eye.iris, (left, top), strict=True))
    middle = np.s_[row - 2 : row + 3, column - 2 : column + 3]
    opened, shut = (eye.render(closed, 0.0, (0.0, 0.0))[middle].mean() for closed in (0.0, 1.0))
    assert opened < 90
    assert shut > opened + 40


def test_lips_close_over_the_teeth(studio: Studio) -> None:
    face = studio.first.face

    def teeth(look: Look) -> int:
        mouth = flat(face.pose(look))[158:185, 80:145]
        bright, dull = mouth.min(axis=2) > 175, np.ptp(mouth, axis=2) < 40
        return int((bright & dull).sum())

    smiling = teeth(Look(smile=1, part=1))
    assert smiling > 200
    assert teeth(Look()) < smiling / 2  # what is left is the light on the lower lip


def test_a_blink_becomes_one_event_where_the_lids_are_shut() -> None:
    part = Part(4.0, 1, idle=0.0)
    part.blink(2.0)
    (event,) = part.events()
    assert event.type == "blink"
    assert event.onset_s == pytest.approx(2.0, abs=0.05)
    assert event.offset_s == pytest.approx(2.18, abs=0.06)


def test_eyes_shut_for_long_are_no_blink() -> None:
    part = Part(4.0, 1, idle=0.0)
    part.blink(2.0, shut_s=0.8)
    assert [event.type for event in part.events()] == ["long_closure"]


def test_a_small_turn_is_no_look_away() -> None:
    part = Part(6.0, 1, idle=0.0)
    part.turn(2.0, 4.0, 15)
    assert part.events() == []
