"""Sentences of the demo clinic: its band, and the guided start."""
# ruff: noqa: E501

from __future__ import annotations

MARK = "DEMO: made-up people. Nothing here is real."

TITLE = "What to look at, in three minutes"
ABOUT = "A clinic of eight people that a simulator made up, with a year behind them. Open one of these; the band above then leads from each to the next. It also lets you be the patient or the administrator."

STOPS = {
    "example": (
        "A session with its film", ":material/fact_check:",
        "What the person answered beside what the face showed, never mixed into one number.",
        "Press play under the film: the line runs through the curves. Petrol is what was answered, violet what was observed.",
    ),
    "abstention": (
        "A film that was too dark", ":material/visibility_off:",
        "No reading is made of a poor picture: the reason is said and the questionnaire opens.",
        "The film begins too dark to read and is too short after that, so nothing is said of the face: the reason is given, and the questionnaire opens by itself.",
    ),
    "alert": (
        "An answer that needs a person", ":material/emergency_home:",
        "Thoughts of death were reported. The alert stays on every page until somebody has acted.",
        "The strip stays on every page. Acknowledge it, then resolve it with what was done. No face can outvote it.",
    ),
    "change": (
        "A year of visits", ":material/timeline:",
        "Questionnaires, face, treatment and appointments on one time line.",
        "Getting better under treatment. Dashed lines show from where on a change counts as one.",
    ),
    "report": (
        "The signed report", ":material/description:",
        "A PDF for the file with answers, observation, limits and provenance.",
        "This is the very file that is stored. Once it is signed, only a new version can follow.",
    ),
    "evidence": (
        "How far to trust it", ":material/science:",
        "Our own measured accuracy, by group, and what the product cannot do.",
        "Every figure has its interval and its number of people. Not validated on patients, and it says so.",
    ),
}
"""Stop -> title, icon, what can be seen there, what to do there."""

TAKES_IN = "You may try this with yourself. What comes in is thrown away with the demo; bring in no patient."
NEXT = "Next: {title}"
BACK = "Back to: {title}"
ALL_SEEN = "All seen: back to the patients"
FILE_PREFIX = "DEMO-"

# Coming in, and being somebody else

CHOOSE = "The demo clinic"
CHOOSE_LEAD = "Nobody needs a password here. Come in as:"
COME_IN = {"physician": "The physician", "patient": "A patient", "administrator": "The administrator"}
"""Role -> its button."""
ROLES = {"physician": "Physician", "patient": "Patient", "administrator": "Administrator"}
SEEN_AS = "See the clinic as"
CHANGING = "Changing ..."
LOCKED = "This account was locked. Unlock it as the administrator, or start the demo anew."
NO_PASSWORD = "Nobody has a password in the demo. In a clinic this page changes it, adds an authenticator, and signs out everywhere."
OPENING = "The demo clinic opens ..."
GO_ON = "Go on"
OUT = "You went out."
NO_COOKIE = "This browser keeps no cookie, and without one nobody is known from one page to the next. Allow cookies for this address and come in again."
NOBODY_SO = "Nobody like that is in the demo. Choose one of the three."
