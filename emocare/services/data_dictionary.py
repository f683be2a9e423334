"""The columns of every exported table, said once: tables and dictionary are both made of this."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from emocare.domain.faces import ACTION_UNITS
from emocare.domain.live import MarkerKind
from emocare.domain.readings import COLUMNS, FrameStatus, Segment
from emocare.domain.records import QUESTIONNAIRE_VISIT, SessionState
from emocare.domain.summary import BANDS, DIMENSIONS, Band, EventType, GateDecision

TEXT, WHOLE, NUMBER, TRUTH, TIME = "text", "integer", "number", "boolean", "time"

INVESTIGATIONAL = "Investigational, not a diagnosis; a low value does not reassure."
SIMULATED = "Trained on simulated people, not on patients; not a diagnosis."
BAND_VALUES = tuple(band.value for band in BANDS)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        kind: "text", "integer", "number", "boolean" or "time" (ISO 8601, UTC).
        meaning: What it says; an empty cell is never 0.
        unit: "" for a bare number.
        low, high: Smallest and largest possible value, None without one.
        values: The words that can stand in it; empty when any can.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """The possible values in words, "" when any is possible."""
        if self.values:
            return f"one of {', '.join(self.values)}"
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{self.low:g} or more"
        return ""


SESSION = Column("session_id", TEXT, "Identifier of the session; empty: answered for none.")

_SESSION = (
    SESSION,
    Column("patient", TEXT, "Pseudonym: the same person always has the same one."),
    Column("started_at", TIME, "Start of the recording or visit, or when the video was added."),
    Column("protocol", TEXT, "Task: free, or guided by the protocol; or questionnaires without a "
           "recording.", values=("free", "guided", QUESTIONNAIRE_VISIT)),
    Column("state", TEXT, "What became of it.", values=tuple(s.value for s in SessionState)),
    Column("duration_s", NUMBER, "Length of the recording.", "s", 0),
    Column("gate", TEXT, "Whether the face could be read.",
           values=tuple(d.value for d in GateDecision)),
    Column("gate_reasons", TEXT, "What kept it from being reliable."),
    Column("valid_s", NUMBER, "Time in which the face was measured.", "s", 0),
    Column("left_out_s", NUMBER, "Time that the clinician left out.", "s", 0),
    Column("face_fraction", NUMBER, "Share of pictures with the face.", "share", 0, 1),
    Column("valid_fraction", NUMBER, "Share of these that could be measured.", "share", 0, 1),
    Column("face_width_px", NUMBER, "Median width of the face.", "px", 0),
    Column("fps", NUMBER, "Readings per second.", "1/s", 0),
    Column("second_face_fraction", NUMBER, "Share of pictures with another face.", "share", 0, 1),
    Column("index", NUMBER, f"Facial behaviour index. {INVESTIGATIONAL}", "points", 0, 100),
    Column("index_low", NUMBER, "Lower end of its 90 % interval.", "points", 0, 100),
    Column("index_high", NUMBER, "Upper end of its 90 % interval.", "points", 0, 100),
    Column("index_band", TEXT, f"Band of the index, not a severity. {INVESTIGATIONAL}",
           values=tuple(band.value for band in Band)),
    Column("index_reason", TEXT, "Why there is no index."),
    *(Column(f"model_{band}", NUMBER, f"Probability of {band} as the sequence network puts it. "
             f"{SIMULATED}", "", 0, 1) for band in BAND_VALUES),
    Column("model_band", TEXT, f"The likeliest of these. {SIMULATED}", values=BAND_VALUES),
    Column("model_moments", TEXT, "Stretches that weighed most, start-end in seconds and share of "
           "all attention, most attended first."),
    Column("model_reason", TEXT, "Why the sequence networks say nothing."),
    Column("reference", TEXT, "Table of typical values the index was computed with."),
    Column("reference_sha256", TEXT, "Fingerprint of that table."),
    Column("config_sha256", TEXT, "Fingerprint of the analysis configuration."),
    Column("models", TEXT, "Networks with version and SHA-256 of their weights."),
)  # fmt: skip

_ITEMS = (
    SESSION,
    Column("instrument", TEXT, "Questionnaire."),
    Column("version", TEXT, "Version of its wording."),
    Column("language", TEXT, "Language it was asked in."),
    Column("mode", TEXT, "Who filled it in.", values=("self", "interviewer")),
    Column("answered_at", TIME, "When it was finished."),
    Column("item", TEXT, "Number of the question, or difficulty for the one on daily life."),
    Column("text", TEXT, "The question as asked; as it is shipped, or its number, where the "
           "clinic's own words are gone."),
    Column("answer", WHOLE, "The answer as chosen; empty: not answered or not wished.",
           "points", 0),
    Column("counted", WHOLE, "Points that it counts: turned round for a reversed question; empty "
           "for the one on daily life, which is not scored.", "points", 0),
    Column("answer_text", TEXT, "Words of the answer."),
)  # fmt: skip

_TOTALS = (
    SESSION,
    Column("instrument", TEXT, "Questionnaire."),
    Column("scale", TEXT, "Scale that the total is of; empty for a form with one total."),
    Column("answered_at", TIME, "When it was finished."),
    Column("total", WHOLE, "Total; empty when too few items were answered.", "points", 0),
    Column("lowest", WHOLE, "Lowest total that the answers allow.", "points", 0),
    Column("highest", WHOLE, "Highest total that the answers allow.", "points", 0),
    Column("maximum", WHOLE, "Highest possible total of the form or scale.", "points", 0),
    Column("prorated", TRUTH, "Whether missing answers were made up for by the mean."),
    Column("band", TEXT, "Severity of the four bands; empty where the form has none.",
           values=BAND_VALUES),
    Column("native_band", TEXT, "The form's own word."),
    Column("band_uncertain", TRUTH, "Whether the possible totals lie in more than one band."),
    Column("change", WHOLE, "Difference to the total before.", "points"),
    Column("screen_positive", TRUTH, "Whether a screener is positive; empty for other forms."),
    Column("alerts", TEXT, "Codes of what the answers to the whole form raise, separated by "
           "blanks."),
)  # fmt: skip

_DIMENSIONS = (
    SESSION,
    Column("dimension", TEXT, "valence and arousal -1 to 1, the others 0 to 100.",
           values=DIMENSIONS),
    Column("source", TEXT, "self_report: single items, no cut-offs. face: investigational. model: "
           "the sequence network, trained on simulated people.",
           values=("self_report", "face", "model")),
    Column("value", NUMBER, "Value in the range of the dimension.", "", -1, 100),
    Column("low", NUMBER, "Lower end of the 90 % interval; faces only.", "", -1, 100),
    Column("high", NUMBER, "Upper end of the 90 % interval; faces only.", "", -1, 100),
    Column("reason", TEXT, "Why there is no value."),
)  # fmt: skip

_DRIVERS = (
    SESSION,
    Column("item", TEXT, "One of the nine items of the index."),
    Column("weight", NUMBER, "Weight before renormalisation.", "", 0, 1),
    Column("contribution", NUMBER, "Points it adds to the index.", "points", 0, 100),
    Column("u", NUMBER, "0 typical or better, 1 three SD worse.", "", 0, 1),
    Column("value", NUMBER, "Raw feature in its own unit."),
    Column("reference_mean", NUMBER, "Mean of the reference in that unit."),
    Column("reference_sd", NUMBER, "Standard deviation of the reference in that unit."),
    Column("grade", TEXT, "Evidence, A strong to D weak."),
    Column("reason", TEXT, "Why it is not available."),
)  # fmt: skip

_EVENTS = (
    SESSION,
    Column("type", TEXT, "Observed movement.", values=tuple(e.value for e in EventType)),
    Column("onset_s", NUMBER, "Start on the media clock.", "s", 0),
    Column("apex_s", NUMBER, "Height.", "s", 0),
    Column("offset_s", NUMBER, "End.", "s", 0),
)  # fmt: skip

_MARKERS = (
    SESSION,
    Column("t_s", NUMBER, "When on the media clock, or the start of the interval.", "s", 0),
    Column("until_s", NUMBER, "End of the interval, itself included; empty for a moment.", "s", 0),
    Column("kind", TEXT, "What was marked. The intervals excluded and redone are left out of every "
           "measure.", values=tuple(kind.value for kind in MarkerKind)),
    Column("text", TEXT, "Free text of the clinician; always empty under a pseudonym."),
    Column("made_by", TEXT, "Who set or last changed it; always empty under a pseudonym."),
)  # fmt: skip

_READING_MEANINGS: Mapping[str, Column] = {column.name: column for column in (
    Column("t_s", NUMBER, "Media clock.", "s"),
    Column("status", TEXT, "Whether the picture was measured, and if not, why.",
           values=tuple(s.value for s in FrameStatus)),
    Column("n_faces", WHOLE, "Faces at the last search.", "", 0),
    Column("face_x1_px", NUMBER, "Left edge of the face.", "px"),
    Column("face_y1_px", NUMBER, "Upper edge of the face.", "px"),
    Column("face_x2_px", NUMBER, "Right edge of the face.", "px"),
    Column("face_y2_px", NUMBER, "Lower edge of the face.", "px"),
    Column("yaw_deg", NUMBER, "Positive: turned to the person's own left.", "deg", -180, 180),
    Column("pitch_deg", NUMBER, "Positive: up.", "deg", -180, 180),
    Column("roll_deg", NUMBER, "Positive: clockwise in the picture.", "deg", -180, 180),
    Column("sharpness", NUMBER, "Variance of the Laplacian of the face.", "", 0),
    Column("brightness", NUMBER, "Mean luminance of the face.", "0-255", 0, 255),
    Column("eye_openness_left", NUMBER, "Eye aspect ratio, as measured.", "", 0),
    Column("eye_openness_right", NUMBER, "Eye aspect ratio, as measured.", "", 0),
    Column("valence", NUMBER, "Of this picture, without baseline.", "", -1, 1),
    Column("arousal", NUMBER, "Of this picture, without baseline.", "", -1, 1),
    Column("segment", TEXT, "Task.", values=tuple(s.value for s in Segment)),
    Column("track_id", WHOLE, "Number of the followed person, 0 without a face.", "", 0),
    Column("face_conf", NUMBER, "Confidence of the face.", "", 0, 1),
    Column("second_face_ratio", NUMBER, "Area of the largest other face over this one.", "", 0),
    Column("gaze_down", NUMBER, "Looking down.", "", 0, 1),
    Column("mouth_occluded", NUMBER, "Probability that the mouth is covered.", "", 0, 1),
    Column("eyes_occluded", NUMBER, "Probability that the eyes are covered.", "", 0, 1),
    Column("clip_fraction", NUMBER, "Share of the face's pixels without detail.", "share", 0, 1),
    Column("left_right_luminance_ratio", NUMBER, "Darker half over brighter half.", "", 0, 1),
    Column("gaze_up", NUMBER, "Looking up.", "", 0, 1),
    Column("gaze_side", NUMBER, "Looking aside; positive: to the person's own left.", "", -1, 1),
    Column("mouth_openness", NUMBER, "Gap between the inner lips over the width of the mouth.", "",
           0),
    Column("landmark_error", NUMBER,
           "Expected error of a landmark over the distance of the outer corners of the eyes.", "",
           0),
    Column("excluded", TRUTH, "Left out by the clinician, and so of every measure."),
)}  # fmt: skip


def _reading(name: str) -> Column:
    if name.startswith("p_"):
        expression = name.removeprefix("p_")
        return Column(name, NUMBER, f"Probability of the expression {expression}.", "", 0, 1)
    if name in ACTION_UNITS:
        number = int(name.removeprefix("au"))
        return Column(name, NUMBER, f"Intensity of Action Unit {number}, as measured.", "", 0, 1)
    return _READING_MEANINGS.get(name, Column(name, NUMBER, ""))


TABLES: Mapping[str, tuple[Column, ...]] = {
    "session": _SESSION, "items": _ITEMS, "totals": _TOTALS, "dimensions": _DIMENSIONS,
    "drivers": _DRIVERS, "events": _EVENTS, "markers": _MARKERS,
    "readings": (SESSION, *(_reading(name) for name in COLUMNS)),
}  # fmt: skip
"""Table -> its columns in order."""


def dictionary_csv() -> str:
    """The dictionary: table, name, type, unit, range, meaning, one line for each column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["table", "name", "type", "unit", "range", "meaning"])
    for table, columns in TABLES.items():
        for column in columns:
            writer.writerow([table, column.name, column.kind, column.unit, column.range_text,
                             column.meaning])  # fmt: skip
    return out.getvalue()
