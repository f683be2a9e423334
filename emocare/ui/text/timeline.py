"""Sentences of the page Timeline, of care, and of the plan that a patient sees."""
# ruff: noqa: E501

from __future__ import annotations

from emocare.domain.care import CareKind, VisitState
from emocare.domain.summary import GateDecision
from emocare.services.face_course import BreakKind

TITLE = "Timeline"
WHO = "Patient"
WHO_HINT = "Choose a patient"
NOBODY = "No patients yet. Add the patient first."
OPEN_PATIENTS = "Open the patients"
EMPTY = "Nothing to show over time yet. Answers, recordings and treatment appear here."
OPEN_QUESTIONNAIRE = "Open questionnaire"
ADD_TREATMENT = "Add treatment change"
PLAN_VISIT = "Plan visit"

# The four metrics

SINCE_START = "{name} since start"
FIRST_TO_LAST = "{first} → {last}"
THRESHOLD = "{delta}, threshold {threshold}"
NO_THRESHOLD = "{delta}, no threshold known"
ONE_VISIT = "One visit. Change needs two."
NEEDS_TWO = "needs two visits"
NOT_YET = "–"
NO_TOTAL = "No total yet"
NOT_ANSWERED = "Not answered"
RESPONSE_TITLE = "Response, remission"
NOT_REACHED = "Not reached"
RESPONSE = "Response"
REMISSION = "Remission"
BOTH = "Response, remission"
NEEDS = "needs ≤ {half}, below {below}"
NEEDS_REMISSION = "first total under {least}; below {below}"
REACHED = "{name} {first} → {last}"
FACE_TITLE = "Facial index, engine {engine}"
FACE_TITLE_PLAIN = "Facial index"
FACE_CHANGED = "changed vs own history"
FACE_SAME = "{delta}, interval ± {needed}: no change"
FACE_SAID = "Facial index {delta} since {day}; a difference above {needed} counts: {verdict}."
FACE_FEW = "{count} of {needed} comparable sessions"
FACE_NONE = "No statement"
FACE_HIDDEN = "Hidden until your impression is noted: {count} of the sessions."
COUNTS_HELP = "{name}: a difference of {threshold} points or more counts as change ({source}). Response: at least half of a first total of {response} or more. Remission: below {remission}."
COUNTS_HELP_PLAIN = "{name}: a difference of {threshold} points or more counts as change ({source})."
RELIABLE = "Reliable change index {index} with your clinic’s norms (needs more than 1.96): {verdict}."
RELIABLE_YES = "reliable"
RELIABLE_NO = "not reliable"
COUNTS = "counts as change"
NO_CHANGE = "no change shown"
UNCERTAIN = "change uncertain: a total is prorated"

# Heading, span, re-analysis

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")  # fmt: skip
VISITS_ANSWERED = ("{count} visit answered", "{count} visits answered")
VISITS_RECORDED = ("{count} visit recorded, none answered", "{count} visits recorded, none answered")  # fmt: skip
VISITS_MISSED = "{count} missed"
VISITS_NONE = "No visit answered or recorded"
SPANS: dict[str, int | None] = {"6 months": 183, "1 year": 365, "All": None}
"""Words -> days back from today; None is everything."""
SPAN_LABEL = "How far back"
REANALYSE = ("Re-analyse {count} older session", "Re-analyse {count} older sessions")
REANALYSE_HELP = "The stored readings are analysed by the present method, so that the sessions can be compared. What was signed stays as it is; the new figures stand beside it and are shown here. Readings of another network cannot be renewed without the video."
REANALYSING = "Session {number} of {count}"

# Chart

ANSWERED_ROW = "<b>{name}</b><br><span style='font-size:13px'>of {highest}<br>answered</span>"
FACE_ROW = "<b>Facial index</b><br><span style='font-size:13px'>of 100<br>observed</span>"
TREATMENT_ROW = "<b>Treatment</b>"
EVENTS_ROW = "<b>Events</b>"
MISSED = "missed<br>{day}"
NEXT = "next<br>{day}"
NO_FACE = "no reliable face"
NO_TOTAL_HERE = "no total"
BREAKS: dict[BreakKind, str] = {
    BreakKind.TASK: "{value} task from here: not comparable",
    BreakKind.SOURCE: "{value} from here: not comparable",
    BreakKind.ENGINE: "engine {value} from here: not comparable",
    BreakKind.REFERENCE: "reference {value} from here: not comparable",
    BreakKind.ANALYSIS: "other analysis from here: not comparable",
}
HOVER_TOTAL = "{name} {total} of {highest}, {band}, {day}"
HOVER_PRORATED = ", prorated, possible {low} to {high}"
HOVER_FACE = "Facial index {value}, 90 % interval {low} to {high}, {gate}, {day}"
HOVER_FACE_BARE = "Facial index {value}, no interval, {gate}, {day}"
HOVER_REANALYSED = ", re-analysed"
HOVER_TREATMENT = "{name}, {since} to {until}"
TODAY = "today"
ALT = "{rows} from {start} to {end}; the same numbers stand under “As a table”"
CAPTION_THRESHOLD = "Dashed lines: change that counts, from the first visit ({points})."
CAPTION_POINTS = "{name} {threshold}"
CAPTION_ANSWERED = "Squares: answered."
CAPTION_PRORATED = "Hollow square with a bar: prorated total with its possible range."
CAPTION_FACE = "Circles with bars: observed, 90 % interval. The facial line breaks where engine, task or quality differ."
CAPTION_LIMITED = "Hollow circle: limited quality."
CAPTION_EVENTS = "Diamonds: events."
OVERLAP_BADGE = "Recall periods overlap"
OVERLAP = "{name}: {pairs}. Forms under seven days apart ask about the same days."
OVERLAP_PAIR = "{first} and {second}"
FEW_SESSIONS = "{count} of {needed} comparable reliable sessions. No statement is made about the face."
FACE_LIMIT = "A facial index in the typical range does not reassure: most affected people show one."

# Table

AS_TABLE = "As a table"
TABLE_ALT = "Everything on the timeline, newest first"
TABLE_COLUMNS = ("Day", "What", "Value", "In words", "Remark")
TABLE_FACE = "Facial index"
TABLE_INTERVAL = "{value} ({low} to {high})"
TABLE_POSSIBLE = "{total} ({low} to {high})"
REMARK_PRORATED = "prorated"
REMARK_ENGINE = "engine {engine}, {gate}"
REMARK_REANALYSED = "re-analysed"
TREATMENT_BEGINS = "{name} begins"
TREATMENT_ENDS = "{name} ends"

GATE_SHORT = {GateDecision.RELIABLE: "reliable", GateDecision.LIMITED: "limited quality", GateDecision.UNRELIABLE: "unreliable"}  # fmt: skip

# Care

CARE_TITLE = "Therapy history"
DIAGNOSES = "Diagnoses"
TREATMENT = "Medication and therapy"
VISITS = "Visits"
EVENTS = "Events"
NONE_YET = "None entered."
SINCE = "since {since}"
FROM_TO = "{since} to {until}"
UNTIL = "until {until}"
VISIT_STATES: dict[VisitState, tuple[str, str, str]] = {
    VisitState.PLANNED: ("Planned", ":material/event:", "gray"),
    VisitState.KEPT: ("Kept", ":material/check_circle:", "green"),
    VisitState.MISSED: ("Missed", ":material/event_busy:", "orange"),
    VisitState.CANCELLED: ("Cancelled", ":material/cancel:", "gray"),
}
VISIT_NOT_NOTED = "as recorded"
EDIT = "Edit"
SAVE = "Save"
KINDS: dict[CareKind, str] = {
    CareKind.MEDICATION: "Medication", CareKind.THERAPY: "Therapy",
    CareKind.DIAGNOSIS: "Diagnosis", CareKind.EVENT: "Event", CareKind.VISIT: "Visit",
    CareKind.GOAL: "Goal", CareKind.STEP: "Step",
}  # fmt: skip
KIND_LABEL = "What changes"
FIELD_NAME = "Name"
FIELD_DOSE = "Dose"
FIELD_DIAGNOSIS = "Diagnosis"
FIELD_CODE = "ICD code, if you use one"
FIELD_THERAPY = "Kind of therapy"
FIELD_EVENT = "What happened"
FIELD_SINCE = "From"
FIELD_UNTIL = "Until, empty while it goes on"
FIELD_ON = "Day"
FIELD_AT = "Time, may stay empty"
FIELD_NOTE = "Note"
FIELD_STATE = "What became of it"
CHANGE_WHICH = "New, or another dose of"
CHANGE_NEW = "New medication"
NEW_DOSE = "New dose"
NEW_DOSE_FROM = "From"
DIALOG_ADD = "Add treatment change"
DIALOG_EDIT = "Edit entry"
DIALOG_VISIT = "Plan visit"
NOT_A_PRESCRIPTION = "Emo-Care records what was decided. It does not check doses or interactions."
END_TODAY = "End today"
REMOVE = "Remove"
REMOVE_SURE = "It no longer counts or shows. Who entered and who removed it stays in the history."
REMOVE_GO = "Remove entry"
HISTORY = "Who changed what"
HISTORY_COLUMNS = ("When", "Who", "What", "Entry")
HISTORY_ADDED = "entered"
HISTORY_CHANGED = "changed"
HISTORY_REMOVED = "removed"
HISTORY_ALT = "Every entry, change and removal, newest first"

# Plan

PLAN = "Plan with the patient"
PLAN_SHOW = "Show to the patient"
PLAN_GOAL = "New goal, in the patient’s words"
PLAN_STEP = "New small step"
PLAN_EMPTY = "No goals yet. Agree on one together; the patient can see it."
PLAN_DONE = "Reached {day}"
PLAN_STEPS = "{done} of {count} steps done"

# The patient’s own view

PATIENT_PLAN = "Your plan"
PATIENT_NOTHING = "Nothing is planned yet. Your clinician will fill this in together with you."
PATIENT_NEXT = "Your next appointment"
PATIENT_AT = "{day}, {time}"
PATIENT_GOAL_DONE = "You reached this."
STEP_DONE = ":material/check_circle: {text} (done)"
STEP_OPEN = ":material/radio_button_unchecked: {text}"
PATIENT_BACK = "Hand the device back"
PATIENT_HELP = "Help in a crisis"
PATIENT_COVERED = "Your plan is covered"
PATIENT_COVERED_BODY = "Please give the device back, or go on where you were."
PATIENT_GO_ON = "Show my plan"
PATIENT_LEAVE = "Staff: go on"
