"""Sentences of the patient's journal, and of what the clinician sees of it."""
# ruff: noqa: E501

from __future__ import annotations

# The patient's own page

TITLE = "Your journal"
NOT_WATCHED = "Your clinic is not watching this in real time."
HOW = "Only you see an entry, unless you show it to your clinician. If your words speak of dying or of hurting yourself, this page shows whom to call, and your clinician is told that they did, not what you wrote."
MIND = "What is on your mind today?"
SHARE = "Show this entry to my clinician"
SAVE = "Save entry"
SAVED = "Your entry is saved."
EARLIER = "Your earlier entries"
EMPTY = "No entries yet. Write above what is on your mind, then press “Save entry”."
SHARED = "Shown to your clinician"
PRIVATE = "Only you"
SAID_NOT_ME = "You said: this is not about me. Your clinic was told, and still looks at it."
DELETE = "Delete"
DELETE_NAME = "Delete the entry of {day}"
DELETE_SURE = "Delete this entry for good? If it showed you whom to call, the note to your clinician that it did stays."
DELETE_GO = "Delete for good"
DELETE_NOT = "Keep it"
SHOW_ALL = "Show all {count} entries"

CARD_WRITTEN = "Your entry is saved. Your words may speak of dying or of hurting yourself. Thank you for writing them down. Please tell the person who gave you this device now."
CARD_ASKED = "Please tell the person who gave you this device, or call one of these numbers."
NOT_ABOUT_ME = "This is not about me"
NOTED = "Noted. Your clinic is told that you said so."
BACK = "Back to my journal"

COVERED = "Your journal is closed"
COVERED_BODY = "It belongs to the patient alone. Please give the device to the patient, or back to the clinic."
NOT_SAVED = "What you wrote last is not saved yet. Open the journal and press “Save entry”, or it is lost when staff go on."
OPEN_MINE = "Open my journal"

# The clinician's side

OPEN = "Journal"
SECTION = "Journal"
NONE_SHOWN = "No entry is shown to you. Hand the device over with “Journal” above; the patient decides which entries you see."
NOT_SHOWN = ("{count} entry not shown to you.", "{count} entries not shown to you.")
NO_MATCH = "Entries are searched for a list of English crisis phrases. No alert means nothing: ask."
MORE = "Show all {count} shown entries"
NOT_ABOUT_PATIENT = "{alert} (the patient says: not about me)"
