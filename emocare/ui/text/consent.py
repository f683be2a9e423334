"""Sentences around consent: asking for it, its state, taking it back. The text itself is data."""
# ruff: noqa: E501

from __future__ import annotations

from emocare.domain.consent import Use

TITLE = "Consent"

# The step before a recording

READ = "Read this to the patient and tick what they agree to. Nothing is ticked beforehand."
ADULT = "I, the clinician, confirm that this person is 18 or older"
ADULT_HELP = "Asked once, because no date of birth is known. It is stored with the consent."
CHANGED = "The consent text has changed since this person last agreed (version {version}, {day}). Read the present one."
TAKEN_BACK = "This person has withdrawn the consent on {day}. Nothing is recorded unless they agree anew."
PRINT = "Print the consent"
PRINT_HELP = "The text with these boxes, on one page to sign and to take home."
PRINT_FILE = "consent-{code}.pdf"
NEEDS_ADULT = "confirm that the person is an adult"
NEEDS_GROWN_UP = "choose a person of 18 or older"
FIRST_CONSENT = "The field opens when a patient is chosen and the consent is ticked."

# The record

SECTION = "Consent"
NEVER = "No consent to a recording yet. It is asked before the camera or a video is used."
STATES = {
    "given": ("Agreed {day}", ":material/verified_user:", "green"),
    "withdrawn": ("Withdrawn {day}", ":material/gpp_bad:", "orange"),
    "never": ("Not agreed", ":material/remove:", "gray"),
}
GIVEN_LINE = "Text version {version} of {text_day}, agreed to {when}{by}."
BY = ", noted by {name}"
BY_PATIENT = ", by the patient"
ADULT_LINE = "A clinician has confirmed that the person is an adult."
OLD_TEXT = "The text has changed since: the present version {version} is asked at the next session."
BADGE_WITHDRAWN = "Consent withdrawn"
DOWNLOAD = "Consent as PDF"
DOWNLOAD_EMPTY = "Empty form as PDF"
HISTORY = "History"
HISTORY_GIVEN = "**Agreed** {when}{by}, text version {version}: {uses}."
HISTORY_WITHDRAWN = "**Withdrawn** {when}{by}: {uses}.{reason}"
REASON_SAID = " Reason: {reason}"
READ_TEXT = "The text that was agreed to"
EDIT = "Edit person"
EDIT_GO = "Save"

# Taking back

WITHDRAW = "Withdraw consent"
WITHDRAW_READ = "What does the patient take back? It holds from this moment on."
WITHDRAW_ALL = "Everything"
WITHDRAW_REASON = "Reason, if the patient gives one"
WITHDRAW_GO = "Withdraw now"
WITHDRAW_NOT = "Change nothing"
WITHDRAW_SURE = "This cannot be undone, except by a new consent."
WHAT_FOLLOWS = "What follows"
WHAT_STAYS = "What stays, and why"
ERASE = "An administrator erases a person; docs/data-protection.md, “Erasing a person”, says how."
DONE = "Withdrawn: {uses}."
DONE_ENDED = " The running session was ended."
DONE_CLIPS = (" {count} kept video was deleted.", " {count} kept videos were deleted.")

USES = {
    Use.ANALYSE: "Analysis of facial movement",
    Use.MEASUREMENTS: "Keeping of measurements",
    Use.VIDEO: "Keeping of videos",
    Use.RESEARCH: "Use for research",
    Use.JOURNAL: "Sharing of the journal",
}

# The patient's own page

MY_TITLE = "Your consent"
MY_LEAD = "Here you see what you have agreed to. You can take back each point, or everything. Your care does not change."
MY_WITHDRAW = "Take something back"
MY_READ = "What do you take back? It holds from this moment on."
MY_REASON = "Why, if you want to say it"
MY_GO = "Take it back now"
MY_DOWNLOAD = "My copy as PDF"
MY_NOTHING = "You have agreed to nothing yet, so there is nothing to take back."
MY_NEVER = "Your clinic asks you before anything is recorded."
MY_ERASE = "To be erased, ask your clinic."
SHARE_AGAIN = "Allow my clinician to read shown entries again"
SHARE_DONE = "Your clinician can read the entries again that you show."
JOURNAL_WITHDRAWN = "The patient has withdrawn that you read their journal. They can allow it again on their page “Your consent”."
JOURNAL_CLOSED = "You have withdrawn that your clinician reads your journal. You can allow it again on the page “Your consent”."
OPEN = "Hand to the patient"
