"""Every loader on made-up files of the published shape, and what it says of wrong ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from emocare.domain.errors import InputError
from emocare.domain.readings import Readings
from emocare.learning.licensed import (
    avec2014,
    d_vlog,
    daic_woz,
    e_daic,
    files,
    own_clinic,
    sets,
)
from emocare.learning.licensed.avec2014 import VideoCache
from emocare.learning.licensed.recordings import TRAINING, ClinicalRecording, LicensedSet, Split
from emocare.learning.licensed.scales import BDI2, PHQ8, PHQ9, VLOG
from tests.learning.licensed import made_up

SPLITS = {"train": (303, 304, 342, 373, 402), "dev": (307, 308), "test": (300, 301, 398)}


@pytest.fixture(scope="module")
def daic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("daic")
    made_up.daic_woz(folder, SPLITS)
    return folder


def ids(found: LicensedSet, split: Split) -> list[str]:
    return [entry.id for entry in found.of(split)]


def first(found: LicensedSet) -> ClinicalRecording:
    return next(found.recordings(Split.TRAIN))


# DAIC-WOZ


def test_daic_woz_has_the_official_splits_without_the_excluded(daic: Path) -> None:
    found = daic_woz.load(daic, tuple(Split))
    assert found.scale is PHQ8
    assert ids(found, Split.TRAIN) == ["303", "304", "373", "402"]
    assert ids(found, Split.DEV) == ["307", "308"] and ids(found, Split.TEST) == ["300", "301"]
    assert set(found.left_out) == {"342", "398"}
    by_id = {entry.id: entry for entry in found.entries}
    assert [by_id[id].sex for id in ("303", "304")] == ["female", "male"]
    assert by_id["402"].notes == ("video ends about two minutes early",)
    assert by_id["303"].label == round(24 * made_up.severities(5)[0])


def test_daic_woz_readings_have_our_scales_and_signs(daic: Path) -> None:
    readings = first(daic_woz.load(daic, TRAINING)).readings
    true = made_up.signal(made_up.severities(5)[0], 303)
    ok = readings.ok
    assert list(ok[:5]) == [False] * 5 and ok[5:].all()
    assert np.isnan(readings["au12"][:5]).all() and np.isnan(readings["yaw_deg"][:5]).all()
    np.testing.assert_allclose(readings["au12"][ok], true["smile"][ok] / 5, atol=1e-5)
    for name in ("yaw", "pitch", "roll"):
        np.testing.assert_allclose(readings[f"{name}_deg"][ok], np.degrees(true[name][ok]),
                                   atol=1e-3)  # fmt: skip
    down = np.clip(np.degrees(true["down"]) / 30, 0, 1)
    np.testing.assert_allclose(readings["gaze_down"][ok], down[ok], atol=1e-4)
    assert set(np.unique(readings["au45"][ok])) <= {0.0, 1.0}
    assert np.isnan(readings["au24"]).all() and np.isnan(readings["p_neutral"]).all()
    assert np.isnan(readings["eye_openness_left"]).all(), "no landmarks, no eyes"


def test_daic_woz_lies_flat_and_with_landmarks_too(tmp_path: Path) -> None:
    made_up.daic_woz(tmp_path, {"train": (310,), "dev": (311,)}, flat=True, points=True)
    readings = first(daic_woz.load(tmp_path, TRAINING)).readings
    ok = readings.ok
    assert readings.tracked.sum() == ok.sum()
    ratio = readings["eye_openness_left"][ok]
    assert (ratio > 0.1).all() and (ratio < 0.6).all()
    np.testing.assert_allclose(readings["roll_deg"][ok],
                               np.degrees(made_up.signal(0.5, 310)["roll"][ok]),
                               atol=1e-3)  # fmt: skip


def test_the_units_may_be_named_as_in_the_documentation(tmp_path: Path) -> None:
    made_up.daic_woz(tmp_path, {"train": (310,), "dev": (311,)})
    units = tmp_path / "310_P" / "310_CLNF_AUs.txt"
    units.rename(units.with_suffix(".csv"))
    assert first(daic_woz.load(tmp_path, TRAINING)).readings.ok.any()


def test_an_interruption_is_excluded(tmp_path: Path) -> None:
    made_up.daic_session(tmp_path, "444", 0.5, seconds=400)
    t_s = (readings := daic_woz.read_session(tmp_path, "444"))["t_s"]
    assert np.array_equal(readings.excluded, (t_s >= 286) & (t_s <= 387))


def test_training_does_not_open_the_test_split(daic: Path, tmp_path: Path) -> None:
    made_up.daic_woz(tmp_path, {"train": (303,), "dev": (307,)})
    (tmp_path / "full_test_split.csv").write_bytes(b"\xff\xfe no table")
    assert len(daic_woz.load(tmp_path, TRAINING).entries) == 2
    with pytest.raises(InputError, match=r"full_test_split\.csv"):
        daic_woz.load(tmp_path, (Split.TEST,))


def _without_column(path: Path, column: str) -> None:
    table = pd.read_csv(path, skipinitialspace=True)
    table.drop(columns=column).to_csv(path, index=False)


DAIC_FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (lambda f: f.rename(f.parent / "elsewhere"), "is no folder"),
    "no labels": (lambda f: (f / daic_woz.LABELS[Split.TRAIN]).unlink(),
                  "train_split_Depression_AVEC2017.csv is not there. Put"),
    "no score": (lambda f: _without_column(f / daic_woz.LABELS[Split.DEV], "PHQ8_Score"),
                 "dev_split_Depression_AVEC2017.csv has no column PHQ8_Score"),
    "no session": (lambda f: (f / "303_P" / "303_CLNF_gaze.txt").unlink(),
                   "303_CLNF_gaze.txt is not there. Unpack"),
    "no unit": (lambda f: _without_column(f / "303_P" / "303_CLNF_AUs.txt", "AU12_r"),
                "303_CLNF_AUs.txt has no column AU12_r"),
    "no angle": (lambda f: _without_column(f / "307_P" / "307_CLNF_pose.txt", "Ry"),
                 "307_CLNF_pose.txt has no column Ry"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAIC_FAULTS)
def test_what_is_wrong_with_daic_woz_is_named(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "daic"
    made_up.daic_woz(folder, {"train": (303,), "dev": (307,)})
    spoil, said = DAIC_FAULTS[kind]
    spoil(folder)
    with pytest.raises(InputError, match=said) as error:
        daic_woz.load(folder, TRAINING)
    assert "\n" not in str(error.value)


def test_text_among_the_numbers_is_named(tmp_path: Path) -> None:
    made_up.daic_session(tmp_path, "303", 0.5)
    path = tmp_path / "303_P" / "303_CLNF_AUs.txt"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:9], lines[9].replace("0.95", "sure"), *lines[10:]]), "utf-8")
    with pytest.raises(InputError, match="column confidence holds text"):
        daic_woz.read_session(tmp_path, "303")


def test_a_label_off_the_scale_and_a_person_in_two_splits_are_refused(tmp_path: Path) -> None:
    made_up.daic_woz(tmp_path, {"train": (303,), "dev": (303,)})
    with pytest.raises(InputError, match="person 303 stands in the splits train and dev"):
        daic_woz.load(tmp_path, TRAINING)
    path = tmp_path / daic_woz.LABELS[Split.TRAIN]
    pd.read_csv(path).assign(PHQ8_Score=25).to_csv(path, index=False)
    with pytest.raises(InputError, match="label of 303 is 25, expected 0 to 24"):
        daic_woz.load(tmp_path, TRAINING)
    pd.read_csv(path).assign(PHQ8_Score="high").to_csv(path, index=False)
    with pytest.raises(InputError, match="PHQ8_Score of 303 is 'high'"):
        daic_woz.load(tmp_path, TRAINING)


def test_numbers_that_are_none_are_nan(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("frame, AU12_r\n1, -1.#IND\n2, inf\n3,\n4, 2\n", "utf-8")
    found = files.read_numbers(path, ("frame", "AU12_r"))["AU12_r"]
    np.testing.assert_array_equal(found, [np.nan, np.nan, np.nan, 2.0])


# E-DAIC


@pytest.mark.parametrize("labels", ["labels", ""])
def test_e_daic_reads_the_same_people_the_same_way(tmp_path: Path, labels: str) -> None:
    made_up.e_daic(tmp_path, {"train": (303, 305), "dev": (307,), "test": (600,)}, labels)
    found = e_daic.load(tmp_path, tuple(Split))
    assert ids(found, Split.TRAIN) == ["303", "305"] and ids(found, Split.TEST) == ["600"]
    assert found.scale is PHQ8 and found.entries[0].sex == "male"
    readings = first(found).readings
    true = made_up.signal(made_up.severities(2)[0], 303)
    ok = readings.ok
    np.testing.assert_allclose(readings["yaw_deg"][ok], np.degrees(true["yaw"][ok]), atol=1e-3)
    down = np.clip(np.degrees(true["down"]) / 30, 0, 1)
    np.testing.assert_allclose(readings["gaze_down"][ok], down[ok], atol=0.03)
    np.testing.assert_allclose(readings["au45"][ok], 0.1 * true["chance"][ok], atol=1e-5)
    assert np.isfinite(readings["au07"][ok]).all()


def test_e_daic_names_a_missing_column(tmp_path: Path) -> None:
    made_up.e_daic(tmp_path, {"train": (303,), "dev": (307,)})
    path = next((tmp_path / "303_P" / "features").iterdir())
    _without_column(path, "pose_Ry")
    with pytest.raises(InputError, match=r"303_OpenFace2.*has no column pose_Ry"):
        e_daic.load(tmp_path, TRAINING)
    path.unlink()
    with pytest.raises(InputError, match=r"303_OpenFace2.*is not there"):
        e_daic.load(tmp_path, TRAINING)


# D-Vlog


@pytest.mark.parametrize("pairs", [False, True])
def test_d_vlog_finds_the_order_of_the_landmarks(tmp_path: Path, pairs: bool) -> None:
    made_up.d_vlog(tmp_path, {"train": 2, "valid": 1, "test": 1}, pairs=pairs)
    found = d_vlog.load(tmp_path, tuple(Split))
    assert found.scale is VLOG
    assert [entry.label for entry in found.entries] == [0.0, 1.0, 0.0, 1.0]
    assert [entry.split for entry in found.entries[2:]] == [Split.DEV, Split.TEST]
    assert [entry.sex for entry in found.entries] == ["male", "male", "female", "female"]
    readings = first(found).readings
    assert list(readings["t_s"][:3]) == [0.0, 1.0, 2.0]
    assert list(readings.ok[:4]) == [False, False, False, True]
    assert np.abs(readings["roll_deg"][3:]).max() < 3
    open_mouths = [np.nanmean(one.readings["mouth_openness"])
                   for one in found.recordings(Split.TRAIN)]  # fmt: skip
    assert open_mouths[0] > open_mouths[1] + 0.1
    assert np.isnan(readings["au12"]).all()


def test_d_vlog_names_what_is_wrong(tmp_path: Path) -> None:
    made_up.d_vlog(tmp_path, {"train": 2, "valid": 1})
    visual = tmp_path / "1" / "1_visual.npy"
    np.save(visual, np.zeros((60, 25)))
    with pytest.raises(InputError, match=r"1_visual\.npy has the shape \(60, 25\)"):
        d_vlog.load(tmp_path, TRAINING)
    visual.write_text("no array", "utf-8")
    with pytest.raises(InputError, match=r"1_visual\.npy cannot be read as an array"):
        d_vlog.load(tmp_path, TRAINING)
    labels = tmp_path / "labels.csv"
    labels.write_text(labels.read_text("utf-8").replace("valid", "later"), "utf-8")
    with pytest.raises(InputError, match="fold of 2 is 'later'"):
        d_vlog.load(tmp_path, (Split.DEV,))


# AVEC 2014


def scripted_cache(folder: Path, reads: list[str]) -> VideoCache:
    """Reads a made-up video: the severity that its file holds."""

    def read(video: Path) -> Readings:
        reads.append(video.name)
        severity = float(video.read_text("utf-8"))
        source = folder.parent / "scripted"
        made_up.daic_session(source, "303", severity)
        return daic_woz.read_session(source, "303")

    return VideoCache(folder, read, "scripted 1")


def test_avec2014_reads_each_video_once(tmp_path: Path) -> None:
    made_up.avec2014(tmp_path / "avec", {"Training": ("203_1", "205_1"), "Development": ("206_1",),
                                         "Testing": ("207_1",)})  # fmt: skip
    reads: list[str] = []
    cache = scripted_cache(tmp_path / "kept", reads)
    found = avec2014.load(tmp_path / "avec", TRAINING, cache)
    assert found.scale is BDI2
    assert ids(found, Split.TRAIN) == ["203_1_Freeform_video", "205_1_Freeform_video",
                                       "203_1_Northwind_video", "205_1_Northwind_video"]
    assert [entry.person for entry in found.of(Split.DEV)] == ["206", "206"]
    assert found.entries[0].notes == ("Freeform",)
    assert not reads, "nothing is read before it is asked for"
    before = [one.readings["au12"] for one in found.recordings(Split.TRAIN)]
    again = avec2014.load(tmp_path / "avec", TRAINING, cache)
    after = [one.readings["au12"] for one in again.recordings(Split.TRAIN)]
    np.testing.assert_array_equal(before, after)
    assert len(reads) == 4
    other = VideoCache(cache.folder, cache.read, "scripted 2")
    list(avec2014.load(tmp_path / "avec", TRAINING, other).recordings(Split.DEV))
    assert len(reads) == 6, "other networks read anew"


def test_avec2014_keeps_a_person_in_the_last_part_only(tmp_path: Path) -> None:
    made_up.avec2014(tmp_path / "avec", {"Training": ("203_1", "205_1"), "Development": ("206_1",),
                                         "Testing": ("203_2",)})  # fmt: skip
    found = avec2014.load(tmp_path / "avec", TRAINING, scripted_cache(tmp_path / "kept", []))
    assert {entry.person for entry in found.of(Split.TRAIN)} == {"205"}
    assert found.left_out["203_1_Freeform_video"] == "the same person stands in the split test"


def test_avec2014_names_what_is_missing(tmp_path: Path) -> None:
    cache = scripted_cache(tmp_path / "kept", [])
    with pytest.raises(InputError, match="holds no video like"):
        avec2014.load(tmp_path, TRAINING, cache)
    made_up.avec2014(tmp_path, {"Training": ("203_1",)})
    label = next(tmp_path.rglob("203_1_Depression.csv"))
    label.write_text("many\n", "utf-8")
    with pytest.raises(InputError, match="the BDI-II total of 203_1 is 'many'"):
        avec2014.load(tmp_path, TRAINING, cache)
    label.unlink()
    with pytest.raises(InputError, match=r"no label 203_1_Depression\.csv"):
        avec2014.load(tmp_path, TRAINING, cache)


# A clinic's own sessions


def test_exported_sessions_are_read_as_the_product_writes_them(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    for k in range(12):
        made_up.exported_session(folder, f"s{k}", f"patient-{k // 2}", 2 * k)
    made_up.exported_session(folder, "none", "patient-x", None)
    found = own_clinic.load(folder, tuple(Split))
    assert found.scale is PHQ9 and len(found.entries) == 12
    assert found.left_out == {"none": "no PHQ-9 total belongs to the session"}
    labels = {entry.id: entry.label for entry in found.entries}
    assert labels["s11"] == 22.0 and labels["s0"] == 0.0
    people = {entry.id: entry.person for entry in found.entries}
    assert people["s0"] == people["s1"] != people["s2"]
    entry = found.entries[0]
    true = made_up.signal(entry.label / 27, 303)
    readings = entry.read()
    np.testing.assert_allclose(readings["au12"][5:], true["smile"][5:] / 5, atol=1e-5)
    assert np.isnan(readings["au12"][:5]).all() and not readings.ok[:5].any()


def test_a_person_keeps_the_part_and_the_shares_hold() -> None:
    parts = [own_clinic.split_of(f"person {k}") for k in range(4000)]
    shares = [parts.count(split) / len(parts) for split in Split]
    np.testing.assert_allclose(shares, [0.70, 0.15, 0.15], atol=0.03)
    assert own_clinic.split_of("person 1") is own_clinic.split_of("person 1")


def test_exported_sessions_name_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no exported session"):
        own_clinic.load(tmp_path, TRAINING)
    made_up.exported_session(tmp_path, "s1", "patient", 9)
    table = pq.read_table(path := tmp_path / "s1" / "readings.parquet")
    pq.write_table(table.drop_columns(["au12"]), path)
    entry = own_clinic.load(tmp_path, tuple(Split)).entries[0]
    with pytest.raises(InputError, match=r"readings\.parquet has no column au12"):
        entry.read()
    path.unlink()
    with pytest.raises(InputError, match=r"readings\.parquet is not there. Export"):
        own_clinic.load(tmp_path, tuple(Split))


# All of them


def test_an_unknown_set_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'daic' is no known data set. Give one of daic-woz, "):
        sets.open_set("daic", tmp_path, TRAINING, lambda: scripted_cache(tmp_path, []))


def test_an_empty_split_is_named(daic: Path) -> None:
    found = daic_woz.load(daic, (Split.TRAIN,))
    with pytest.raises(InputError, match="no labelled recording in the split dev"):
        found.of(Split.DEV)
