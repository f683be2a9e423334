"""Every sentence of the page Live."""
# ruff: noqa: E501

from __future__ import annotations

from emocare.domain.live import LiveGateState, LivePhase, MarkerKind

TITLE = "Live session"
CAPTION = "The picture is read on this machine as it comes. It is never stored; its measurements are."
START_SESSION = "Start session"

# Before

SOURCE = "Picture from"
SOURCE_CAMERA, SOURCE_SAMPLE, SOURCE_SNAPSHOT = "camera", "sample", "snapshot"
SOURCES = {SOURCE_CAMERA: "Camera", SOURCE_SAMPLE: "Play a sample", SOURCE_SNAPSHOT: "Snapshot"}
WAY = "Way"
WAYS = {True: "Guided session", False: "Free recording"}
GUIDED_NOTE = "Check, 30 s neutral, 60 s talk, 90 s positive memory, and 30 s rest if you like. Comparable from visit to visit."
FREE_NOTE = "Without parts and prompts. It is marked as a free recording and is not compared with guided sessions."
MIRROR = "Mirror the picture"
MIRROR_HELP = "Only on the screen, so that the person sees themselves as in a mirror. What is read is never mirrored."
LANDMARKS = "Show landmarks"
PICKER = {
    "camera": "Camera",
    "hint": "The browser asks for the camera when you start. It then remembers which one was used.",
}
START_CAMERA = "Start camera"
START_SAMPLE = "Play as the camera"
NEEDS_SAMPLE = "choose a sample"
ASKING = "Asking the browser for the camera …"
LOADING = "Loading the face network …"
OPEN_ONE = "A live session of **{name}** is open{where}. Only one can run on this workstation."
OPEN_WHERE = {LivePhase.CHECK: "", LivePhase.RECORDING: " and recording",
              LivePhase.PAUSED: " and paused", LivePhase.ENDED: ""}  # fmt: skip
CUT_OFF = "A live session of **{name}**, {when}, was cut off: {why}"
CUT_OFF_WHY = "Emo-Care or its machine stopped. What was measured is kept."
CONTINUE = "Continue"
CLOSE = "Close and review"

# Faults of the camera: cause, remedy

FAULTS: dict[str, tuple[str, str]] = {
    "NotAllowedError": ("The browser was not allowed to use the camera.", "Click the camera sign in the address line, allow the camera for this page, and try again. If there is no sign, allow it in the settings of the system."),
    "NotFoundError": ("There is no camera on this machine.", "Plug one in, wait a moment, and try again."),
    "NotReadableError": ("The camera is there but gives no picture: another program uses it, or a switch has turned it off.", "Close video calls and other tabs with a camera, look for a switch or a cover, and try again."),
    "AbortError": ("The camera did not start.", "Pull it out and plug it in again, close other programs that use it, and try again."),
    "OverconstrainedError": ("The camera that was chosen is not there any more.", "Choose another one in the list and try again."),
    "Insecure": ("This browser gives a camera only to a page on the same machine or over HTTPS.", "Open Emo-Care at http://127.0.0.1 on the machine that runs it."),
    "Unplugged": ("The camera was unplugged.", "Plug it in again, or choose another one, and go on."),
    "no_offer": ("The browser opened the camera once but did not start to send its picture.", "Close other tabs with a camera and try again, or load this page anew."),
    "not_connected": ("The camera works, but its picture does not arrive: browser and Emo-Care found no way to each other.", "This happens when no network is up at all, not even a local one, or when a firewall or VPN blocks it. Switch Wi-Fi or the cable on (no internet is needed) and try again, or go on without the live picture."),
    "lost": ("The picture has stopped coming.", "Look whether the camera is plugged in and the lid is open. Then connect again."),
    "broken": ("Something went wrong while a picture was taken over.", "What was measured so far is kept. Connect again, or end the session."),
    "black": ("The camera sends only black.", "Open its cover, switch it on at its own key, or choose another camera."),
}
FAULT_OTHER = ("The browser could not open the camera ({name}).", "Try again, choose another camera, or go on without it.")
NO_CAMERA = "No camera"
TRY_AGAIN = "Try again"
CHOOSE_ANOTHER = "Choose another camera"
CONNECT_AGAIN = "Connect again"
SOURCE_UPLOAD = "upload"
WITHOUT_CAMERA: tuple[tuple[str, str, str], ...] = (
    (SOURCE_SAMPLE, "Play a sample", ":material/movie:"),
    (SOURCE_SNAPSHOT, "Take a snapshot", ":material/photo_camera:"),
    (SOURCE_UPLOAD, "Upload a recording", ":material/upload_file:"),
)
"""What can be done instead, its words and its sign."""
WEBRTC = {
    "start": "Start", "stop": "Stop", "select_device": "Choose camera",
    "media_api_not_available": "This browser gives no camera to this page.",
    "device_ask_permission": "Please allow the camera.",
    "device_not_available": "The camera is not available.",
    "device_access_denied": "The camera was not allowed.",
}  # fmt: skip

# The session

PHASES: dict[LivePhase, tuple[str, str, str]] = {
    LivePhase.CHECK: ("Check", ":material/person_search:", "gray"),
    LivePhase.RECORDING: ("Recording", ":material/fiber_manual_record:", "blue"),
    LivePhase.PAUSED: ("Paused", ":material/pause:", "gray"),
    LivePhase.ENDED: ("Ended", ":material/stop:", "gray"),
}
FREE_BADGE = "Free recording"
SAMPLE_BADGE = "Sample as camera"
CHECK_PART = "Check"
PARTS = {"baseline": "Neutral", "neutral_talk": "Talk", "positive_memory": "Positive memory",
         "rest": "Rest", "free": "Free"}  # fmt: skip
PART_LENGTH = "{name} {seconds} s"
PART_OPTIONAL = "{label}, optional"
PART_DONE, PART_NOW, PART_TO_COME = "done", "now", "to come"
PROMPTS = {
    "baseline": "Say: “Please look at the camera, let your face rest, and do not talk for half a minute.”",
    "neutral_talk": "Ask: “Please describe the room you woke up in this morning.”",
    "positive_memory": "Ask: “Please tell me about a time when you felt really good. What was it like?”",
    "rest": "Say: “Thank you. Please sit quietly for a moment and look at the camera.”",
    "free": "Free recording: talk as you like. Stop when you have what you need.",
}
CHECK_PROMPT = "Say: “Please sit so that your face fills the outline.” It starts by itself after 3 s of green."
CHECK_PROMPT_FREE = "Say: “Please sit so that your face fills the outline.” Start when you are ready."
DONE_PROMPT = "All parts are done. Stop and review, or go on without a prompt."
LEFT = "{seconds} s left in this part"
STARTS_IN = "Starts in {seconds} s"
WAITS = "Waits for green"
RECORDED = "{clock} recorded"
PAUSED_LEFT = "Paused, {seconds} s left in this part"

BEGIN = "Start now"
BEGIN_WAITS = "Waiting for the first picture of the camera."
PAUSE = "Pause"
RESUME = "Resume"
GO_ON = "Go on"
SKIP = "Skip"
REDO = "Redo this part"
REDO_HELP = "Starts this part again. What it recorded so far is left out."
STOP = "Stop"
STOP_HELP = "Ends the session and opens the review."
CANCEL = "Cancel"
CANCEL_HELP = "Nothing has been recorded yet."

# Quality

QUALITY = "Capture quality"
CHECK_TITLE = "Sitting position"
GATES: dict[LiveGateState, tuple[str, str, str]] = {
    LiveGateState.COLLECTING: ("Collecting", ":material/hourglass_empty:", "gray"),
    LiveGateState.RELIABLE: ("Reliable so far", ":material/check_circle:", "green"),
    LiveGateState.LIMITED: ("Limited so far", ":material/contrast:", "orange"),
    LiveGateState.UNRELIABLE: ("Unreliable", ":material/visibility_off:", "gray"),
}
COLLECTING = "{seconds} s more before anything can be said."
MISSING_S = "{seconds} s more of valid picture needed for **reliable** ({have} of {need} s)."
ENOUGH = "Enough for **reliable**: {have} s of valid picture."
OTHER_PERSON_SEEN = "Somebody else is in the picture. The person with the corners is followed, and nothing is measured until the other one steps aside."
CHECKS = {"light": "Light", "distance": "Distance", "angle": "Angle", "one_person": "People"}
SHARPNESS = "Sharpness"
READINGS = "Readings"
NO_VALUE = "no face"
WAITING = "Waiting for the first picture."
ALL_GREEN = "**All green.** Light, distance and angle are right, and one person is in the picture."
LIGHT_GOOD = "even"
LIGHT_BAD = "wrong"
DISTANCE_VALUE = "{value} px of {need}"
ANGLE_VALUE = "turned {value}°"
PEOPLE_VALUE = {0: "nobody", 1: "one", 2: "several"}
SHARP_VALUE = {True: "good", False: "blurred"}
READINGS_VALUE = "{value} per second"
PASSES = {True: "passes", False: "does not pass"}
COUNTS = "Delay {delay} · {frames_in} frames in, {read} read, {dropped} dropped"
DELAY = "{ms} ms"
DELAY_NONE = "not known"
ANSWER_INSTEAD = "Answer questions instead"
OPENS_IN = "The questionnaire opens in {seconds} s. What was measured so far is kept."
OPEN_NOW = "Open questionnaire now"
TRY_ONCE_MORE = "Try once more"
NO_RETRY = "It was tried once more already."

# Panels

PANELS = "Observed facial behaviour, last minute"
INVESTIGATIONAL = "Investigational"
PANELS_NOTE = "Line: 10 s mean. Violet band: 90 % interval. Grey band: typical range (provisional reference). Gaps: no valid picture."
PANELS_CHECK = "Nothing is recorded yet. The lines begin with the recording."
PANELS_BASELINE = "The resting face is taken now. The lines begin with the next part."
NO_PICTURE = "no valid picture"
NOT_YET = "not yet"
TOO_SLOW = "needs 15 readings a second"
RANGE = "{low} to {high}"
PANEL_ALT = "{name} over the last minute, with its 90 % interval"
EXPRESSIONS_TITLE = "Expressions, share of the last minute"
EXPRESSION_WORDS = {
    "neutral": "Neutral", "happiness": "Happiness", "surprise": "Surprise", "sadness": "Sadness",
    "anger": "Anger", "disgust": "Disgust", "fear": "Fear", "contempt": "Contempt",
}  # fmt: skip
EXPRESSIONS_ALT = "Share of each of eight expressions over the last minute"
UNITS_TITLE = "Action Units now"
UNITS_ALT = "Strength of each Action Unit in the newest picture"
UNITS_NOTE = "Bar: 0 to 1 above the resting face. Left out: not measured."

# Markers

MARKERS: dict[MarkerKind, str] = {
    MarkerKind.ASKED_ABOUT_SLEEP: "Asked about sleep", MarkerKind.TEARFUL: "Tearful",
    MarkerKind.OTHER_PERSON: "Other person", MarkerKind.NOTE: "Note",
    MarkerKind.EXCLUDED: "Left out", MarkerKind.REDONE: "Done again, left out",
}
MARK_BUTTONS: tuple[tuple[MarkerKind, str], ...] = (
    (MarkerKind.ASKED_ABOUT_SLEEP, "1"), (MarkerKind.TEARFUL, "2"), (MarkerKind.OTHER_PERSON, "3"),
)
"""Kind and key of each button."""
EXCLUDE = "Exclude 10 s"
EXCLUDE_HELP = "The last ten seconds are left out of every measure. They can be put back in the review."
MARK_NOTE = "Note at this moment"
MARK_NOTE_HINT = "Note at this moment, then Enter"
MARKED = "{time} {what}"
MARKED_WITH = "{time} {what}: {words}"
MARKED_SPAN = "{time} to {until} {what}"
LAST_MARKS = "Marked: {marks}"

# Ending

ENDING = "Ending the session …"
ENDED = "The session has ended"
ENDED_BODY = "What was measured is kept."
ENDED_FAULT = "It ended before it was stopped: {why}"
OPEN_REVIEW = "Open review"
NEW_SESSION = "New session"
GONE = "The browser window was closed or lost its connection."
SAMPLE_ALT = "The sample that plays as the camera"
SAMPLE_OVER = "The sample has come to its end."
RETURNED = "The session was paused when you left this page. Resume when you are ready."

# Snapshot

SNAPSHOT_TITLE = "Snapshot"
SNAPSHOT_WHY = "One picture instead of a session: it is read by the same network, shown here and not kept. It says nothing about change over time, so there is no index."
SNAPSHOT_TAKE = "Take the picture"
SNAPSHOT_READ = "The face could be read."
SNAPSHOT_NO_FACE = "No face was found."
SNAPSHOT_LIMITS = "What would be kept out of a session: {what}."
SNAPSHOT_NEEDS = "Tick the first box of the consent, and where it is asked that the person is an adult. Then the camera opens."
SNAPSHOT_EXPRESSIONS = "Expressions"
SNAPSHOT_UNITS = "Action Units"

# Markers on the review

REVIEW_MARKERS = "Markers"
REVIEW_MARK_ADD = "Add marker"
REVIEW_MARK_EDIT = "Edit markers"
REVIEW_MARK_TITLE = "Markers of this session"
REVIEW_MARK_KIND = "Kind"
REVIEW_MARK_AT = "At, s"
REVIEW_MARK_UNTIL = "Until, s"
REVIEW_MARK_TEXT = "Words"
REVIEW_MARK_SAVE = "Save"
REVIEW_MARK_REMOVE = "Remove"
REVIEW_MARK_NEW = "New marker"
REVIEW_MARK_NOTE = "Leaving time out, or taking it in again, computes the session anew from its readings."
REVIEW_NO_MARKERS = "Nothing is marked."
REVIEW_MARK_BY = "by {name}, {when}"
REVIEW_MARKS_LINE = "◆ {marks}"
