"""Readings made ready: the person's rows, corrected and smoothed, on their own clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emocare.analysis.baseline import Baseline, RawSignals, corrected, take_baseline
from emocare.analysis.clock import Flags, Floats, durations, frame_rate
from emocare.analysis.config import AnalysisConfig
from emocare.analysis.smoothing import band_pass, finite_rows, low_pass, resample, sliding_median
from emocare.analysis.smoothing import speed as series_speed
from emocare.analysis.tracks import Person, measured_person
from emocare.analysis.windows import Span, spans
from emocare.domain.faces import ACTION_UNITS
from emocare.domain.readings import P_COLUMNS, FrameStatus, Readings, Segment

UPPER_UNITS = ("au01", "au02", "au04", "au05", "au06", "au07", "au45")
"""Units of the eye region; all others need the mouth."""
MOVEMENT_UNITS = ("au01", "au02", "au04", "au07", "au10", "au12", "au15", "au17", "au20",
                  "au24", "au26", "au28")  # fmt: skip
"""Units of f3 and f4 (section 3.4)."""
UNIT_HZ = 10.0
POSE_HZ = 30.0
"""Even grids: units at 10 Hz (section 3.4); pose at 30 Hz, of which 5 Hz are kept."""
SPEED_CUT_HZ = 5.0
JITTER_HZ = (2.0, 6.0)


@dataclass(frozen=True, slots=True)
class Grid:
    """Series on an even clock; NaN in pauses.

    Attributes:
        unit_s: (G,) times of ``units``.
        units: (G, 12) smoothed AU' of ``MOVEMENT_UNITS``.
        unit_speed: (G,) mean over units of abs(dAU'/dt), per second.
        pose_s: (H,) times of the pose series.
        head_speed: (H,) norm of d(yaw, pitch, roll)/dt below 5 Hz, degrees per second.
        jitter: (H, 3) pose between 2 and 6 Hz, degrees.
    """

    unit_s: Floats
    units: Floats
    unit_speed: Floats
    pose_s: Floats
    head_speed: Floats
    jitter: Floats


@dataclass(frozen=True, slots=True)
class Signals:
    """Everything features and events are computed from. Arrays have one entry per row.

    Attributes:
        t_s: (T,) media clock.
        dt_s: (T,) seconds the row stands for.
        ok: (T,) measured, and of the person followed.
        mouth: (T,) measured with the mouth in view.
        eyes: (T,) measured with the eyes in view.
        tracked: (T,) a face was followed with the head not lower than 45 degrees.
        baseline_rows: (T,) rows of the neutral segment.
        units: (T, 17) smoothed AU'; NaN where not measured. AU45 is not smoothed.
        expressions: (T, 8) p'; NaN where the mouth is covered.
        plain_expressions: (T, 8) p of every measured row.
        openness: (T,) EO, 0..1.
        looks_down: (T,) 1, 0 or NaN (closed eyes, covered eyes, no face).
        pose_deg: (T, 3) yaw, pitch, roll; NaN unless measured.
        tracked_yaw_deg: (T,) yaw on tracked rows.
        spans: Tasks.
        person: Who is measured.
        baseline: The resting face.
        grid: Even series.
        fps: Frames per second outside pauses, rounded to 0.1 as printed.
    """

    t_s: Floats
    dt_s: Floats
    ok: Flags
    mouth: Flags
    eyes: Flags
    tracked: Flags
    baseline_rows: Flags
    units: Floats
    expressions: Floats
    plain_expressions: Floats
    openness: Floats
    looks_down: Floats
    pose_deg: Floats
    tracked_yaw_deg: Floats
    spans: tuple[Span, ...]
    person: Person
    baseline: Baseline
    grid: Grid
    fps: float

    def unit(self, name: str) -> Floats:
        """(T,) smoothed AU' of one unit."""
        return self.units[:, ACTION_UNITS.index(name)]


def prepare(
    readings: Readings, config: AnalysisConfig, resting: Baseline | None = None
) -> Signals:
    """Takes the person's rows, the resting face away, and smooths. Pure.

    Args:
        readings: The rows that count.
        config: Constants.
        resting: The resting face where ``readings`` are only the last seconds of a recording;
            None takes it from the rows.
    """
    t_s = readings["t_s"]
    dt_s = durations(t_s, config.gap_s)
    person = measured_person(readings, dt_s, config)
    ok = readings.ok & person.mine
    mouth = ok & ~_covered(readings, "mouth_occluded", config)
    seen = ~_covered(readings, "eyes_occluded", config)
    eyes = ok & seen
    raw = raw_signals(readings, ok, config)
    in_baseline = np.asarray(readings.text("segment") == Segment.BASELINE.value, dtype=bool)
    baseline = resting or take_baseline(raw, dt_s, ok, in_baseline, config)
    tracked = _tracked(readings, config) & person.mine
    openness = _openness(_eye_ratio(readings), baseline.open_eye)
    pose = np.column_stack([readings[f"{axis}_deg"] for axis in ("yaw", "pitch", "roll")])
    pose = np.where(ok[:, None], pose, np.nan)
    units = _smoothed(t_s, corrected(raw.units, baseline.units), config)
    return Signals(
        t_s=t_s, dt_s=dt_s, ok=ok, mouth=mouth, eyes=eyes, tracked=tracked,
        baseline_rows=in_baseline, units=units,
        expressions=np.where(
            mouth[:, None], corrected(raw.expressions, baseline.expressions), np.nan
        ),
        plain_expressions=raw.expressions,
        openness=np.where(eyes, openness, np.nan),
        looks_down=_looks_down(readings, tracked & seen, openness, baseline.pitch_deg, config),
        pose_deg=pose, tracked_yaw_deg=np.where(tracked, readings["yaw_deg"], np.nan),
        spans=spans(readings, dt_s), person=person, baseline=baseline,
        grid=_grid(t_s, units, pose, config), fps=round(frame_rate(t_s, config.gap_s), 1),
    )  # fmt: skip


def _covered(readings: Readings, column: str, config: AnalysisConfig) -> Flags:
    """(T,) True where the region is covered; a reader that cannot tell (NaN) says it is not."""
    return np.asarray(np.nan_to_num(readings[column], nan=0.0) > config.occluded_from)


def raw_signals(readings: Readings, ok: Flags, config: AnalysisConfig) -> RawSignals:
    """Uncorrected measurements of the rows that are ``ok`` (T,), without covered regions."""
    mouth = ok & ~_covered(readings, "mouth_occluded", config)
    eyes = ok & ~_covered(readings, "eyes_occluded", config)
    units = np.column_stack([readings[name] for name in ACTION_UNITS])
    for k, name in enumerate(ACTION_UNITS):
        units[~(eyes if name in UPPER_UNITS else mouth), k] = np.nan
    expressions = np.column_stack([readings[name] for name in P_COLUMNS])
    return RawSignals(
        units,
        np.where(ok[:, None], expressions, np.nan),
        np.where(eyes, _eye_ratio(readings), np.nan),
        np.where(ok, readings["pitch_deg"], np.nan),
    )


def _eye_ratio(readings: Readings) -> Floats:
    """(T,) mean of both eyes' aspect ratio, so that one noisy eye alone never closes both."""
    return np.asarray((readings["eye_openness_left"] + readings["eye_openness_right"]) / 2)


def _openness(ratio: Floats, open_eye: float) -> Floats:
    if not open_eye > 0:
        return np.full(len(ratio), np.nan)
    return np.clip(ratio / open_eye, 0.0, 1.0)


def _tracked(readings: Readings, config: AnalysisConfig) -> Flags:
    """Rows with a followed face (not several, unsettled ones), head down to 45 degrees."""
    settled = np.asarray(readings.text("status") != FrameStatus.SEVERAL_FACES.value, dtype=bool)
    level = np.abs(np.nan_to_num(readings["pitch_deg"])) <= config.tracked_pitch_deg
    return np.asarray(readings.tracked & settled & level)


def _looks_down(
    readings: Readings, usable: Flags, openness: Floats, pitch0_deg: float, config: AnalysisConfig
) -> Floats:
    """1 where the gaze or the head is down; NaN where the eyes are closed or not seen.

    Downward gaze follows closing lids in every measured reader, so closed frames say nothing.
    """
    gaze = np.nan_to_num(readings["gaze_down"], nan=0.0) > config.gaze_down_from
    head = np.nan_to_num(readings["pitch_deg"]) < pitch0_deg - config.gaze_pitch_deg
    seen = usable & (openness > config.closed_eo)
    return np.where(seen, (gaze | head).astype(np.float64), np.nan)


def _smoothed(t_s: Floats, units: Floats, config: AnalysisConfig) -> Floats:
    for k, name in enumerate(ACTION_UNITS):
        if name != "au45":
            units[:, k] = sliding_median(t_s, units[:, k], config.median_s, config.gap_s)
    return units


def _grid(t_s: Floats, units: Floats, pose: Floats, config: AnalysisConfig) -> Grid:
    columns = [ACTION_UNITS.index(name) for name in MOVEMENT_UNITS]
    unit_s, pose_s = _clock(t_s, UNIT_HZ), _clock(t_s, POSE_HZ)
    even = [resample(t_s, units[:, k], unit_s, config.gap_s) for k in columns]
    axes = [resample(t_s, pose[:, k], pose_s, config.gap_s) for k in range(3)]
    slow = np.column_stack([low_pass(axis, POSE_HZ, SPEED_CUT_HZ) for axis in axes])
    jitter = np.column_stack([band_pass(axis, POSE_HZ, *JITTER_HZ) for axis in axes])
    jitter[~finite_rows(jitter)] = np.nan
    series = np.column_stack(even)
    return Grid(unit_s, series, _unit_speed(series, config), pose_s,
                series_speed(slow, POSE_HZ), jitter)  # fmt: skip


def _unit_speed(series: Floats, config: AnalysisConfig) -> Floats:
    """(G,) mean over the units seen of abs(dAU'/dt); NaN where too few are."""
    step = np.full(series.shape, np.nan)
    step[1:] = np.abs(np.diff(series, axis=0)) * UNIT_HZ
    seen = np.isfinite(step)
    count = seen.sum(axis=1)
    total = np.where(seen, step, 0.0).sum(axis=1)
    return np.where(count >= config.min_units, total / np.maximum(count, 1), np.nan)


def _clock(t_s: Floats, rate_hz: float) -> Floats:
    if len(t_s) == 0:
        return np.zeros(0)
    return np.asarray(t_s[0] + np.arange(int((t_s[-1] - t_s[0]) * rate_hz + 1e-6) + 1) / rate_hz)
