"""One vector a second: what both sequence networks read, live and of stored rows alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emocare.domain.faces import ACTION_UNITS, EXPRESSIONS
from emocare.domain.readings import Readings, Segment

Floats = NDArray[np.float64]
UNITS = tuple(name for name in ACTION_UNITS if name not in ("au05", "au06", "au09"))
"""Units without those that no reader measures."""
PEAKED = ("happiness", "sadness", "fear", "anger")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")
SEGMENTS = tuple(Segment)
LONGEST_STEP_S = 0.25
"""Changes are taken between frames that are not farther apart."""
LONGEST_GAP_S = 30
"""A longer pause counts as this many empty seconds."""

_MEANS = (*(f"p_{name}" for name in EXPRESSIONS), *UNITS, *POSE, "eye", "gaze_down",
          "gaze_aside", "mouth")  # fmt: skip
"""Series whose mean over the second is taken; ``eye`` is the mean of both eyes' aspect ratio."""
_PEAKS = (*(f"p_{name}" for name in PEAKED), *UNITS, "eye")
_CENTRED = (*(f"p_{name}" for name in EXPRESSIONS), *UNITS, *POSE)
"""Series that are also given as their distance from the person's own mean so far."""

APPEARANCE: tuple[str, ...] = (
    *(f"{name}_mean" for name in _MEANS if name.startswith(("p_", "au"))),
    *(f"{name}_peak" for name in _PEAKS if name != "eye"),
    *(f"{name}_from_own" for name in _CENTRED if name not in POSE),
    "unit_speed", "unit_spread",
)  # fmt: skip
"""Features of the expressions and Action Units that the face network reads."""
GEOMETRY: tuple[str, ...] = (
    *(f"{name}_mean" for name in _MEANS if not name.startswith(("p_", "au"))),
    *(f"{name}_from_own" for name in POSE),
    "eye_peak", "eye_least", "eye_from_open", "eye_least_from_open",
    "head_speed", "pose_spread", "mouth_spread",
)  # fmt: skip
"""Features of head, eyes and mouth as landmarks give them."""
CONTEXT: tuple[str, ...] = (
    "measured", "tracked", "rate", *(f"task_{segment.value}" for segment in SEGMENTS), "so_far",
)  # fmt: skip
"""What is known of the second itself: shares of its frames, frames over 30, task, time so far."""
FEATURES: tuple[str, ...] = (*APPEARANCE, *GEOMETRY, *CONTEXT)
MEASURED, TRACKED = FEATURES.index("measured"), FEATURES.index("tracked")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Seconds as vectors.

    Attributes:
        t_s: (K,) ends of the seconds on the media clock; steps of 1 but after long pauses.
        values: (K, F) float32 in the order of ``FEATURES``; 0 where nothing was measured.
    """

    t_s: Floats
    values: NDArray[np.float32]

    @property
    def measured(self) -> NDArray[np.bool_]:
        """(K,) True where at least one frame of the second was measured."""
        return np.asarray(self.values[:, MEASURED] > 0)

    def __len__(self) -> int:
        return len(self.t_s)


def tokenise(readings: Readings) -> Tokens:
    """All seconds of a recording: exactly what a stream that is given all rows returns."""
    stream = TokenStream()
    first = stream.push(readings)
    last = stream.finish()
    return Tokens(
        np.concatenate([first.t_s, last.t_s]), np.concatenate([first.values, last.values])
    )


class TokenStream:
    """Turns rows into seconds as they come; whole seconds at once, the last one at the end.

    However the rows are cut into pushes, the vectors are the same to the last digit: a second is
    computed when all its rows are there, and means so far are added up second by second.
    """

    def __init__(self) -> None:
        self._waiting: Readings | None = None
        self._next: int | None = None
        self._before: tuple[float, Floats] | None = None
        self._sums = np.zeros(len(_CENTRED) + 1)
        self._counts = np.zeros(len(_CENTRED) + 1)
        self._seconds = 0

    def push(self, readings: Readings) -> Tokens:
        """Takes rows later than those before; returns the seconds that are complete now."""
        rows = readings if self._waiting is None else Readings.concatenate(
            [self._waiting, readings]
        )  # fmt: skip
        if len(rows) == 0:
            return _none()
        open_second = np.floor(rows["t_s"][-1])
        done = rows["t_s"] < open_second
        self._waiting = rows.rows(~done)
        return self._take(rows.rows(done)) if bool(done.any()) else _none()

    def finish(self) -> Tokens:
        """The last, incomplete second, if any."""
        rows, self._waiting = self._waiting, None
        return _none() if rows is None or len(rows) == 0 else self._take(rows)

    def _take(self, rows: Readings) -> Tokens:
        second = np.floor(rows["t_s"]).astype(np.int64)
        found, start = np.unique(second, return_index=True)
        frames = np.diff(np.append(start, len(second)))
        table = _series(rows)
        changes = self._changes(rows["t_s"], table)
        series = {name: _Seconds(values, start) for name, values in (table | changes).items()}
        features = _plain(series)
        features |= self._from_own(features)
        measured = np.add.reduceat(rows.ok.astype(np.float64), start) / frames
        so_far = self._seconds + np.cumsum(measured > 0)
        self._seconds = int(so_far[-1])
        features |= {
            "measured": measured, "tracked": series["yaw_deg"].count / frames,
            "rate": frames / 30.0, "so_far": np.log1p(so_far) / 5.0,
        }  # fmt: skip
        segments = rows.text("segment")[start]
        features |= {f"task_{s.value}": (segments == s.value).astype(float) for s in SEGMENTS}
        values = np.column_stack([features[name] for name in FEATURES])
        return self._with_gaps(found, np.nan_to_num(values, nan=0.0))

    def _from_own(self, features: dict[str, Floats]) -> dict[str, Floats]:
        """Distances from the person's own means so far, this second included."""
        names = [f"{name}_mean" for name in _CENTRED] + ["eye_peak"]
        values = np.column_stack([features[name] for name in names])
        known = np.isfinite(values)
        sums = np.cumsum(np.vstack([self._sums, np.where(known, values, 0.0)]), axis=0)[1:]
        counts = np.cumsum(np.vstack([self._counts, known]), axis=0)[1:]
        self._sums, self._counts = sums[-1], counts[-1]
        own = sums / np.maximum(counts, 1.0)
        found = {f"{name}_from_own": values[:, k] - own[:, k] for k, name in enumerate(_CENTRED)}
        found["eye_from_open"] = features["eye_mean"] - own[:, -1]
        found["eye_least_from_open"] = features["eye_least"] - own[:, -1]
        return found

    def _changes(self, t_s: Floats, table: dict[str, Floats]) -> dict[str, Floats]:
        """Mean change of the units and turn of the head since the frame before, per second."""
        both = np.column_stack([table[name] for name in (*UNITS, *POSE)])
        if self._before is not None:
            t_s = np.concatenate([[self._before[0]], t_s])
            both = np.vstack([self._before[1], both])
        else:
            t_s = np.concatenate([[t_s[0] - 1.0], t_s])
            both = np.vstack([np.full(both.shape[1], np.nan), both])
        self._before = (float(t_s[-1]), both[-1])
        step = np.diff(t_s)[:, None]
        rate = np.where(step <= LONGEST_STEP_S, np.diff(both, axis=0) / step, np.nan)
        units, pose = rate[:, : len(UNITS)], rate[:, len(UNITS) :]
        seen = np.isfinite(units)
        total = np.where(seen, np.abs(units), 0.0).sum(axis=1)
        return {
            "unit_speed": np.where(
                seen.any(axis=1), total / np.maximum(seen.sum(axis=1), 1), np.nan
            ),
            "head_speed": np.sqrt((pose**2).sum(axis=1)) / 30.0,
        }

    def _with_gaps(self, found: NDArray[np.int64], values: Floats) -> Tokens:
        """Puts empty seconds where no frame came."""
        times, parts = [], []
        for k, second in enumerate(found):
            missing = 0 if self._next is None else int(second) - self._next
            for back in range(min(missing, LONGEST_GAP_S), 0, -1):
                empty = np.zeros(len(FEATURES))
                empty[FEATURES.index("so_far")] = values[k, FEATURES.index("so_far")]
                times.append(float(second - back + 1))
                parts.append(empty)
            times.append(float(second + 1))
            parts.append(values[k])
            self._next = int(second) + 1
        return Tokens(np.array(times), np.array(parts, dtype=np.float32))


def _none() -> Tokens:
    return Tokens(np.zeros(0), np.zeros((0, len(FEATURES)), np.float32))


def _series(rows: Readings) -> dict[str, Floats]:
    table = {name: rows[name] for name in (*(f"p_{e}" for e in EXPRESSIONS), *UNITS, *POSE)}
    table["eye"] = (rows["eye_openness_left"] + rows["eye_openness_right"]) / 2
    table["gaze_down"], table["gaze_aside"] = rows["gaze_down"], np.abs(rows["gaze_side"])
    table["mouth"] = rows["mouth_openness"]
    return table


class _Seconds:
    """One series (T,) second by second; NaN where a second holds no value."""

    def __init__(self, values: Floats, start: NDArray[np.int64]) -> None:
        self._values, self._start = values, start
        self._seen = np.isfinite(values)
        self.count = np.add.reduceat(self._seen.astype(np.float64), start)

    @property
    def mean(self) -> Floats:
        return self._sum(self._values) / np.where(self.count > 0, self.count, np.nan)

    @property
    def peak(self) -> Floats:
        found = np.maximum.reduceat(np.where(self._seen, self._values, -np.inf), self._start)
        return np.where(self.count > 0, found, np.nan)

    @property
    def least(self) -> Floats:
        found = np.minimum.reduceat(np.where(self._seen, self._values, np.inf), self._start)
        return np.where(self.count > 0, found, np.nan)

    @property
    def spread(self) -> Floats:
        """Standard deviation; 0 without values."""
        mean = self.mean
        of_row = np.repeat(mean, np.diff(np.append(self._start, len(self._values))))
        square = self._sum((self._values - of_row) ** 2) / np.maximum(self.count, 1.0)
        return np.nan_to_num(np.sqrt(square), nan=0.0)

    def _sum(self, values: Floats) -> Floats:
        return np.add.reduceat(np.where(self._seen, values, 0.0), self._start)


def _plain(series: dict[str, _Seconds]) -> dict[str, Floats]:
    """Features that need no other second."""
    found = {f"{name}_mean": series[name].mean for name in _MEANS}
    found |= {f"{name}_peak": series[name].peak for name in _PEAKS}
    found |= {
        "unit_speed": series["unit_speed"].mean, "head_speed": series["head_speed"].mean,
        "unit_spread": np.mean([series[name].spread for name in UNITS], axis=0),
        "pose_spread": np.mean([series[name].spread for name in POSE], axis=0),
        "mouth_spread": series["mouth"].spread, "eye_least": series["eye"].least,
    }  # fmt: skip
    return found
