"""Every sentence of the screens in one place; messages of errors live where they are raised.

A sentence is one line, so that it can be found and read as it appears.
"""
# ruff: noqa: E501

from __future__ import annotations

from emocare.domain.records import AlertState, SessionState
from emocare.domain.summary import Band

# Frame

NAVIGATION: tuple[tuple[str, str, str, str], ...] = (
    ("pages/clinician/patients.py", "Patients", ":material/group:", "patients"),
    ("pages/clinician/live.py", "Live", ":material/videocam:", "live"),
    ("pages/clinician/upload.py", "Upload", ":material/upload_file:", "upload"),
    ("pages/clinician/review.py", "Review", ":material/fact_check:", "review"),
    ("pages/clinician/timeline.py", "Timeline", ":material/timeline:", "timeline"),
    ("pages/clinician/report.py", "Report", ":material/description:", "report"),
    ("pages/clinician/evidence.py", "Evidence", ":material/science:", "evidence"),
    ("pages/clinician/questionnaire.py", "Questionnaire", ":material/assignment:",
     "questionnaire"),
)  # fmt: skip
"""File, title, icon and address of every page that exists."""

FOOT = "Emo-Care supports a clinician’s review. It does not diagnose."
REFUSED = "This page is not for your account. Open Emo-Care at its start address."
CONSENT_BADGE = "Consent {version}"
TRY_AGAIN = "Try again"

# Safety alerts

ALERT_STATES: dict[AlertState, tuple[str, str, str]] = {
    AlertState.RAISED: ("Safety alert", ":material/emergency_home:", "red"),
    AlertState.ACKNOWLEDGED: ("Acknowledged", ":material/visibility:", "orange"),
    AlertState.RESOLVED: ("Resolved", ":material/task_alt:", "gray"),
}
ALERT_ITEM = "{form} item {item} “{words}”"
ALERTS_MORE = "and {count} more: see Alerts in the list of patients"
ACKNOWLEDGE = "Acknowledge"
RESOLVE = "Resolve"
OPEN_REVIEW = "Open review"
RESOLVE_TITLE = "Resolve the safety alert"
RESOLVE_ACTION = "What was done"
RESOLVE_NOTE = "Note"
RESOLVE_CAPTION = "The alert stays in the record and in every report, with this action and your name."

# Patients

PATIENTS = "Patients"
PATIENT_COUNT = ("{count} patient", "{count} patients")
ADD_PATIENT = "Add patient"
NEXT_TITLE = "What to do next"
NEXT_NOTHING = "Nothing is waiting."
NEXT_MORE = "and {count} more"
MINUTES = "{count} min"
NEXT_KINDS: dict[str, tuple[str, str, str, str]] = {
    "safety": ("Safety alert", ":material/emergency_home:", "red", "Open review"),
    "review": ("Review", ":material/fact_check:", "blue", "Review session"),
    "report": ("Sign", ":material/draw:", "blue", "Open report"),
    "questionnaire": ("Ask", ":material/assignment:", "blue", "Open questionnaire"),
}
STEP_SAFETY = ("{alert}. Not yet acknowledged.", "{alert}. Acknowledged, not resolved.")
STEP_REVIEW = "Session of {when} is ready. {said}"
STEP_REPORT = "Session of {when} is reviewed. Its report is not signed."
STEP_BAND = "Questionnaire: {band}."
STEP_UNASKED = "No answers yet."
STEP_NO_FACE = "No reliable face in {span} of video. Questionnaire not yet answered."
STEP_ASK = "Nothing answered in the 14 days before the session of {when}."
STATE_WORDS = {"safety": "Safety alert", "review": "Ready for review", "report": "Report to sign",
               "questionnaire": "No answers yet"}  # fmt: skip
ALL_PATIENTS = "All patients"
FILTERS = ("All", "To do", "Alerts")
FILTER_LABEL = "Show"
SEARCH = "Name or number"
NOBODY = "Nobody matches “{words}”."
NOBODY_HERE = "Nobody is in this list."
CLEAR = "Clear"
EMPTY_HOME = "No patients yet. Add the first one, or try everything with a sample: a made-up person and a clip drawn by a computer."
TRY_SAMPLE = "Try with a sample"
SAMPLE_NAME = "Sample Person"
TABLE_ALT = "All patients with their last visit, answers and state"
COLUMNS = ("Patient", "Number", "Age", "Last visit", "PHQ-9 of 27, severity", "Over visits", "State", "Face quality")  # fmt: skip
NOT_ANSWERED_CELL = "not answered"
NOT_SCORABLE_CELL = "too few answers"
NO_RECORDING = "no recording"
NO_VISIT = "none yet"
OPEN = "Open"
ADD_CODE = "Number in your clinic"
ADD_NAME = "Name"
ADD_BIRTH = "Date of birth"
ADD_SEX = "Recorded sex"
ADD_GO = "Add patient"

# Upload

UPLOAD = "Upload"
UPLOAD_CAPTION = "A recorded visit is read on this machine, one picture after the other."
WHO = "Patient"
WHO_HINT = "Choose a patient"
NO_PATIENTS = "No patients yet. Add the patient first."
DROP = "Videos of one patient"
DROP_LIMIT = "MP4, MOV, AVI, WEBM or MKV, at most {gb} GB each."
SAMPLES = "Or take a sample"
SAMPLE_LENGTH = "{title}, {length}"
SAMPLE_OF_A_PERSON = (
    ":material/warning: Made-up data: it will stand in the record of {name}. For a try, choose the "
    "sample person."
)
START = "Start"
START_MANY = "Start {count} videos"
START_NEEDS = "To start: {what}."
NEEDS_PATIENT = "choose a patient"
NEEDS_VIDEO = "add a video or take a sample"
NEEDS_CONSENT = "tick the first two boxes"
REGION = "The patient’s part of the picture"
REGION_HINT = "Is somebody else in the picture? Drag a box around the patient. Nobody outside it is read."
REGION_WHICH = "Picture of"
REGION_PRESETS = ("Whole picture", "Left half", "Right half")
REGION_NUMBERS = "Type the corners instead"
REGION_EDGES = ("Left edge, px", "Top edge, px", "Right edge, px", "Bottom edge, px")
REGION_NOW = "Patient’s part: {x1} to {x2} px across, {y1} to {y2} px down, of {width} x {height}."
REGION_WHOLE = "Whole picture, {width} x {height} px."
REGION_RESET = "Reset"
REGION_USE = "Use these corners"
REGION_WRONG = "The right edge must lie right of the left one, the bottom edge below the top one."
REGION_ALT = "First picture of {name}; drag a box around the patient"
QUEUE = "Queue"
QUEUE_EMPTY = "Nothing is being read."
TIME_LEFT = "{message} · {span} left"
JOB_STATES: dict[SessionState, tuple[str, str, str]] = {
    SessionState.QUEUED: ("Waiting", "gray", ":material/radio_button_unchecked:"),
    SessionState.ANALYSING: ("Reading", "blue", ":material/play_circle:"),
    SessionState.READY: ("Read", "green", ":material/check_circle:"),
    SessionState.FAILED: ("Failed", "orange", ":material/error:"),
    SessionState.CANCELLED: ("Cancelled", "gray", ":material/cancel:"),
    SessionState.INTERRUPTED: ("Interrupted", "orange", ":material/power_off:"),
}
JOB_FACTS = "{valid} of {read} measured"
CANCEL = "Cancel"
DISMISS = "Dismiss"
OPEN_QUESTIONNAIRE = "Open questionnaire"
OFFER_OPENS = "The questionnaire opens in {seconds} s. What was measured is kept."
OPEN_NOW = "Open now"
STAY = "Stay here"

# Review

CHOOSE_SESSION = "Session"
CHOOSE_HINT = "Choose a session"
CHOOSE_TITLE = "Review"
NO_SESSIONS = "Nothing has been recorded yet. Upload a visit first."
NO_SESSION_OF = "Nothing has been recorded for this person yet."
GO_UPLOAD = "Upload a recording"
SESSION_LABEL = "Session {number} · {when}"
SESSION_LENGTH = "{label} · {length}"
STILL_WORKING = "This recording is still being read. It stands in the queue on the page Upload."
OPEN_QUEUE = "Open the queue"
VOICE_ANSWERED = "Questionnaire, leads"
VOICE_OBSERVED = "Face, observed"
VOICE_TOGETHER = "Side by side, never averaged"
ENGINE = "engine {version}"
NOT_ANSWERED = "Not answered"
NOT_ANSWERED_BODY = "No questionnaire of this session or of the 14 days before it."
NOT_SCORABLE = "Not scorable"
TOTAL = "{name} **{total} of {maximum}**, native: {native}"
TOTAL_PLAIN = "{name} **{total} of {maximum}**"
TOTAL_MISSING = "{name}: too few answers for a total"
TOTAL_PRORATED = " (prorated, possible {low} to {high})"
CHANGE = "{name} {delta} since the last one, {verdict}."
CHANGE_COUNTS = "counts as change"
CHANGE_NONE = "no change shown"
ITEM9 = "Item 9 was “{words}”."
ITEM9_ZERO = "Item 9 was “{words}”: a zero does not rule out risk."
ITEM9_MISSING = "Item 9 was not answered: ask directly."
LISTED = {"FUNCTIONAL_IMPAIRMENT": "Daily life is affected.", "WORSENING_MCID": "Higher than last time."}  # fmt: skip
NO_SUMMARY = "Not measured"
NO_SUMMARY_BODY = "This recording was not read to its end."
FACE_UNRELIABLE = "Unreliable"
FACE_UNRELIABLE_NOTE = "No index is given. The questionnaire leads."
NO_INDEX = "No index"
PROVISIONAL = ", provisional"
VALID = "{span} valid."
INDEX = "Index **{value}**, 90 % interval **{low} to {high}**"
INDEX_BARE = "Index **{value}**, too few windows for an interval"
PROBABILITY = "Band probability: {band} {p}"
FACE_SHORT = {Band.NORMAL: "Typical", Band.MILD: "Mildly", Band.MODERATE: "Moderately", Band.SEVERE: "Markedly"}  # fmt: skip
LOOK_AGAIN = "Look again"
SAME_BAND = "The face lies **in the same band** as the answers. The answers lead all the same."
BANDS_APART = {1: "one band", 2: "two bands", 3: "three bands"}
FACE_BELOW = "The face is **{many} below** the answers. This neither confirms nor reassures."
FACE_ABOVE = "The face is **{many} above** the answers. The answers lead."
FACE_FAR_ABOVE = "The face is **{many} above** the answers. Look again: what was answered, and what may have changed the face."
NO_ANSWERS_TO_COMPARE = "There are no answers to stand beside the face yet. The questionnaire leads as soon as it is there."
NO_FACE_TO_COMPARE = "There is no face to stand beside the answers. They lead as they are."
FACE_UNDECIDED = "The face does not settle on one band. It neither confirms the answers nor speaks against them."
PAIR = "{name} {said} answered, {seen} observed."
COMPARE = "Compare item by item"
COMPARE_TITLE = "Item by item"
COMPARE_COLUMNS = ("Dimension", "Answered", "Observed", "Evidence")
COMPARE_NOTE = (
    "Answered: single items of the questionnaires, projected on 0 to 100 (valence and arousal −1 "
    "to +1), without cut-offs. Observed: the face over the session with its 90 % interval. "
    "Irritability and fatigue have weak evidence from a face; there the answer is the reference."
)
NOT_ASKED = "not answered"
ANSWERED_TITLE = "What was answered"
ANSWER_COLUMNS = ("Question", "Answer")
DAILY_LIFE = "How difficult this makes daily life"
Q_MODES_SHORT = {"self": "alone", "interviewer": "with the clinician"}
DELETE_CLIP = "Delete this video"
DELETE_CLIP_SURE = "The video is deleted for good. The numbers and the report stay."
DELETE_CLIP_GO = "Delete the video"
NOT_MEASURED = "not measured"
HIDDEN = "Hidden for now"
HIDDEN_BODY = "Your clinic asks for your own impression first, so that the index does not lead it."
HIDDEN_TOGETHER = "The comparison, the time line and the drivers open when your impression is noted. They stay open afterwards."
NOTE_IMPRESSION = "Note impression and go on"
OVER_TIME = "The session over time"
CHART_OBSERVED = "Violet line and band: observed, 90 % interval."
CHART_ANSWERED = "Square at the right: self-report item."
CHART_UNITS = "Action Units: stronger colour, stronger movement; blank, not measured."
CHART_QUALITY = "Quality: full green reliable, half amber limited, low grey no valid picture."
CHART_HOVER = "{name} {value}, 90 % interval {low} to {high}, {time}"
CHART_ALT = "Quality, events, six dimensions and Action Units over {length}; click to move the clip"
CHART_PEOPLE = "× on it: a face taken up anew."
QUALITY_OPEN = "Picture quality"
QUALITY_TITLE = "Picture quality"
QUALITY_COLUMNS = ("Measure", "Value", "Needed", "Score", "Passes")
QUALITY_NOTE = "Medians over the time with the patient’s face, under the names of ISO/IEC 29794-5. Score: 0 to 100, higher is better, 50 at the limit; this project’s own scale. Passes: the share of that time in which a picture passes."
QUALITY_NONE = "This session holds no measures of the picture."
QUALITY_MISSING = "Without a value: {names}."
QUALITY_RESULTS = {True: "Yes", False: "No", None: "Not judged"}
PERSON_CHANGES_MORE = "And {count} more; see Picture quality."
WRONG_PERSON = "Wrong person"
WRONG_PERSON_TITLE = "Mark as the wrong person"
WRONG_PERSON_SURE = "The recording is then unreliable: no index and no dimensions are given, here and in the report. The readings stay, and the mark can be taken back."
WRONG_PERSON_GO = "This is not the patient"
WRONG_PERSON_MARKED = "Marked as of another person by {name}, {when}. No index is given."
WRONG_PERSON_UNDO = "Take the mark back"
ROW_QUALITY = "Quality"
ROW_EVENTS = "Events"
ROWS_LABEL = "Rows"
DRIVERS = "What moved the index"
DRIVERS_ALT = "Nine items of the facial behaviour index with points, values and evidence grade"
DRIVER_COLUMNS = ("Item", "Points", "Seen (typical)", "Grade")
DRIVERS_MISSING = "Not available: {items}."
DRIVERS_NONE = "There is no index, so nothing moved it."
CLIP_ALT = "The recorded visit"
CLIP_NONE = "The video is not on this machine."
CLIP_DELETED = "Video deleted after analysis, {when}. The numbers are complete."
CLIP_CONTAINER = "Browsers do not play {suffix} files. The still picture follows the cursor; the numbers are complete."
CLIP_LARGE = "This video is too large to play here. The still picture follows the cursor; the numbers are complete."
STILL_ALT = "The recording at {time}"
PLAYER = {
    "play": "Play (P)", "pause": "Pause (P)", "previous": "Previous moment (left arrow)",
    "next": "Next moment (right arrow)", "of": "of", "moments": "Moments with most weight",
    "failed": "This browser cannot play what is inside this file. The cursor still moves, and the numbers are complete.",
}  # fmt: skip
DECISION = "Your decision"
IMPRESSION = "Your impression"
AGREEMENT = "Facial index and your view"
CONFOUNDERS = "What may have changed the face"
AGREEMENT_HINT = "Not said"
CONFOUNDERS_HINT = "None ticked"
NOTE = "Note for the report"
SAVE_REPORT = "Save and make report"
SAVE = "Save"
SAVED = "Saved {when}, version {version}"
NOT_SAVED = "Not saved yet"

# Report

REPORT_TITLE = "Report"
PREVIEW = "Preview"
AUDIENCES = {"file": "For the file", "patient": "For the patient"}
AUDIENCE_LABEL = "Copy"
PAGE_LABEL = "Page"
PAGE_ALT = "Page {number} of {count} of the report"
BEFORE_SIGNING = "Before you sign"
NOTES = ("{count} note", "{count} notes")
IN_ORDER = "In order"
SIGN_NAME = "Name"
SIGN_ROLE = "Role"
SIGN_LICENCE = "Licence number"
SIGN_READ = "I have read the report. Its conclusion is mine."
SIGN = "Sign report"
SIGN_UNREAD = "Tick that you have read the report, then sign."
SIGN_BLOCKED = "It cannot be signed yet: {why}."
SIGN_FINAL = "A signed report never changes. A correction makes version {next} and keeps this one."
SIGNED_BY = "Signed by **{name}**, {role}"
SIGNED_AT = "{when} · licence {licence}"
SIGNED_AT_PLAIN = "{when}"
AMEND = "Amend"
AMEND_TITLE = "Amend the report"
AMEND_REASON = "Why it is changed"
AMEND_GO = "Open version {next}"
AMEND_NOTE = "Version {version} stays as it is and is marked as amended."
DOWNLOAD_PDF = "PDF"
DOWNLOAD_CSV = "CSV"
DRAFT_MARK = "Until signed every page is marked DRAFT. Fingerprint of this version: {print}"
FINGERPRINT = "Fingerprint (SHA-256) of this version: {print}"
REPORT_STATES = {"draft": ("Draft", ":material/edit_note:", "gray"),
                 "signed": ("Signed", ":material/draw:", "green"),
                 "amended": ("Amended", ":material/difference:", "orange")}  # fmt: skip
REPORT_BADGE = "{word} v{version}"
REPORT_VERSION = "version {version}"
OLDER = "Earlier versions"
REPORT_FAILED = "The report could not be made. {why}"
NO_REPORT_SESSION = "Choose a session to report on."

# Evidence

EVIDENCE = "Evidence"
EVIDENCE_ENGINE = "What was measured for the engine in use: {id} {version}, SHA-256 {print}"
EVIDENCE_CARD = "Model card"
EVIDENCE_CARD_DOWNLOAD = "Download"
SELF_TEST_PASSED = "Self-test passed {at}"
SELF_TEST_FAILED = "Self-test failed"
SELF_TEST_FAULT = "The self-test failed: {why} At the next start nothing is read from faces until this is mended. Questionnaires go on."
NOT_VALIDATED = "**Not validated on patients.** The face network was trained on public pictures. Nothing here shows that a face reveals an illness."
EVIDENCE_NONE = "Not measured for this engine."
EVIDENCE_RIGHT = "How often it is right, on pictures it has not seen"
EVIDENCE_ROWS = {
    "accuracy": "Expressions, accuracy", "macro_f1": "Expressions, macro F1",
    "units": "Action Units, mean r", "au12": "Smile AU12, r", "au04": "Brow lowerer AU4, r",
    "au45": "Eyes closed AU45, r", "au15": "Lip corner AU15, r", "gaze_down": "Gaze down, r",
    "eye_openness": "Eye openness, r",
}  # fmt: skip
EVIDENCE_SOURCE = "Expressions: {images} images of the FER+ test split. Action Units, gaze and eyes: {faces} faces of {people} held-out people, correlation r with the teacher network, not with a trained coder. Dot: estimate. Bar: 95 % interval by bootstrap."
EVIDENCE_ALT = "Measured figures of the engine with their 95 % intervals"
EVIDENCE_WORSE = "When the picture gets worse: Action Units, mean r"
EVIDENCE_WORSE_LABEL = "Condition"
EVIDENCE_CONDITIONS = {"face_width_px": "Face width", "blur": "Blur", "light": "Light", "yaw": "Head turn"}  # fmt: skip
EVIDENCE_WORSE_SOURCE = "Held-out pictures made worse artificially; turned heads as they are. n: faces. Expressions and landmarks by condition: docs/evidence.md."
EVIDENCE_WORSE_ALT = "Mean correlation of the Action Units, step by step: {name}"
EVIDENCE_CALIBRATION = "When it says 70 %, is it 70 %?"
EVIDENCE_ECE = "Expected calibration error {value}, 95 % interval {low} to {high}. Band: 95 % interval. Dotted: perfect. Points of fewer than {fewest} images are left out."
EVIDENCE_CALIBRATION_ALT = "Said probability against how often it came true"
EVIDENCE_SAID = "said probability"
EVIDENCE_CAME = "came true"
EVIDENCE_GROUPS = "For whom: expressions, accuracy by group"
EVIDENCE_GROUPS_ALT = "Accuracy of the expressions by group of people"
EVIDENCE_GROUP_NAMES = {"age_group": "Age", "sex": "Sex", "skin_tone": "Skin tone", "glasses": "Glasses", "beard": "Beard", "head_covering": "Head covering"}  # fmt: skip
EVIDENCE_GROUPS_NONE = "Nobody labelled groups in the data this engine was measured on. Your clinic can test it on labelled pictures of its own: evaluate fairness on the command line."
EVIDENCE_GROUPS_OWN = "Your clinic’s own test with this engine: {count} pictures. Dot: estimate. Bar: 95 % interval by bootstrap."
EVIDENCE_CANNOT = "What it cannot do"
EVIDENCE_N = "n {count}"
EVIDENCE_ALL = "all"

# Questionnaire

Q_TITLE = "Questionnaire"
Q_CAPTION = "Choose, then hand the device over. The person sees one question at a time and nothing else."
Q_FORM = "Form"
Q_MODE = "Who fills it in"
Q_MODES = {"self": "The person alone", "interviewer": "Together with me"}
Q_START = "Hand over and start"
Q_RESUME = "Go on at question {number}"
Q_COUNTS = "Counts for the recording of {when}."
Q_EARLIER = "Earlier answers"
Q_EARLIER_LINE = "{when}: **{total}**, {band}"
Q_BECAUSE = "The picture could not be used, so we ask instead. {reason}"
Q_ABOUT = "About {recall}"
Q_COUNT = "Question {number} of {count}"
Q_LAST = "One last question"
Q_NEXT = "Next"
Q_BACK = "Back"
Q_SKIP = "I prefer not to say"
Q_ANSWERS = "Answers"
Q_KEPT = "Your answers are kept if the machine stops."
Q_HELP = "Help in a crisis"
Q_STAFF = "Hand the device back"
Q_WELCOME = "Welcome back. We go on with question {number}."
Q_DONE = "Thank you"
Q_DONE_BODY = "Your answers are stored. Please give the device back."
Q_DONE_STAFF = "Staff: go on"
Q_COVERED = "Your answers are covered"
Q_COVERED_BODY = "Nobody has touched this for a while. Please ask the staff, or go on where you stopped."
Q_COVERED_BACK = "Please give the device back. You can also go on where you stopped."
Q_GO_ON = "Go on with the questions"
Q_LEAVE = "Staff: leave the questionnaire"
CRISIS_TITLE = "You do not have to be alone with this"
CRISIS_ANSWERED = (
    "You answered that you have had thoughts of being better off dead or of hurting yourself. "
    "Thank you for saying so. Please tell the person who gave you this questionnaire now."
)
CRISIS_ASKED = "Please tell the person who gave you this questionnaire, or call one of these numbers."
CRISIS_ACT = "If you might act on thoughts of harming yourself, call now."
CRISIS_EMERGENCY = ("Emergency", "at once, day and night")
CRISIS_CLINIC = ("Your clinic", "in its opening hours")
CRISIS_DIRECTORY = ("Lines in other countries", "on the internet")
CRISIS_CHECKED = "This app does not alert anyone in real time. Numbers as published, listed on {day}."
CRISIS_STALE = "Staff: these numbers were listed on {day}. Check them and set the new date."
CRISIS_TOLD = "I have told someone here"
