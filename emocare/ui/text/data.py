"""Sentences of the page Data: back-ups, key, retention, legal holds, erasure."""
# ruff: noqa: E501

from __future__ import annotations

from emocare.domain.data_life import DataClass, Holder
from emocare.services.backup_states import Step

TITLE = "Data"
SAID = "Back-ups, the key, how long data is kept, and erasing. Everything here is written to the log."
PARTS = ("Back-ups", "Key", "Retention", "Holds and erasure")
PART_LABEL = "Part"

TICK_FIRST = "Tick the line first. Nothing was removed."

# Back-ups

NOW = "Back up now"
STEPS: dict[Step, tuple[float, str]] = {
    Step.WAITING: (0.05, "Waiting for the back-up that is being made"),
    Step.COPYING: (0.25, "Copying the database; recordings go on"),
    Step.PACKING: (0.55, "Packing the copy"),
    Step.TRYING: (0.75, "Restoring it on trial and comparing it with the database"),
    Step.DONE: (1.0, "Done"),
    Step.FAILED: (1.0, "Not made"),
}
MADE = "Back-up made {when}: {name}, {size}. Restored on trial, it holds the same as the database."
NOT_MADE = "No back-up was made. {why}"
DAILY = "Daily back-ups"
DAILY_ON = "Made once a day while the app runs."
DAILY_OFF = "No daily back-ups are made: the setting **backup_keep** is \"0 0 0\"."
NEWEST = "Newest"
NONE_YET = "none yet"
AGE_HOURS = "{hours:.0f} h old"
AGE_DAYS = "{days:.0f} days old"
NEXT = "Next due"
NEXT_NOW = "within ten minutes"
NEXT_NEVER = "not before there is a patient"
NEXT_OFF = "none"
KEPT = "Kept"
KEPT_SAID = "{days} days, {weeks} weeks, {months} months"
FAULT = "The last daily back-up was not made. {why} It is tried again every ten minutes; “Back up now” tries at once."
SAME_DISK = "The back-ups lie on the same disk as the data: a broken or stolen disk takes both. Set **backup_dir** to another disk, or copy the files elsewhere; they are encrypted."
FOLDER = "Folder"
FOLDER_SET = "Another folder: write **backup_dir = \"/path/of/the/folder\"** into **settings.toml** of the data folder and start Emo-Care again. Data folder:"
EMPTY = "No back-ups in this folder yet. “Back up now” makes the first one."
COLUMNS = ("Made", "Size", "Patients", "Tried out", "Schema", "Version", "Key", "File")
TRIED = "yes, the same"
RESTORE = "Bring a back-up back"
RESTORE_CLOSED = "Restoring exchanges the whole database, so it cannot be done while Emo-Care runs."
RESTORE_HERE = "On this machine: close Emo-Care, then run in its folder:"
RESTORE_THERE = "On another machine: install Emo-Care, copy the back-up and **erased.json** beside it, have the printed recovery key at hand, then run in the new folder; it asks for the recovery key:"
RESTORE_THEN = "The database of before is kept aside under a name with **before-restore**. The log says that and from when a back-up was restored, and “Check the log” explains the rows that went with it."
RESTORE_COMMAND = "python -m emocare restore {file}"
RESTORE_FILE = "FILE"

# Key

KEY = "Key of the database"
KEEPERS: dict[Holder, str] = {
    Holder.FILE: "Kept in a file that only its owner can read. It protects a copied data folder or back-up, not the theft of the whole disk: use disk encryption as well.",
    Holder.KEYRING: "Kept by the password store of the operating system. It protects against a stolen disk and other users of the computer.",
    Holder.PASSPHRASE: "Locked with a passphrase that is asked for at each start. It protects against a stolen disk.",
}
KEY_FACTS = ("Name", "Kept by", "Made, changed or moved", "Earlier keys kept for earlier back-ups")
KEY_FOLDER = "Key folder"
RECOVERY_LIES = "The recovery key still lies on this machine. Print the file, keep the sheet in a safe place away from the computer, then delete the file:"
RECOVERY_GONE = "The file of the recovery key is not on this machine. Only the printed sheet opens the database without the key folder; check that it is in its place."
PRINTED = "I have printed it: delete the file"
ENDING = "Last {count} letters on the printed sheet"
ENDING_HELP = "The proof that the sheet is there. Dashes do not count."
SURE_PRINTED = "The sheet lies in a safe place, away from this computer"
PRINTED_DONE = "The file of the recovery key was overwritten and deleted."
ROTATE = "Change the key"
ROTATE_SAID = "When somebody may have seen the key. Close Emo-Care, then run in its folder:"
ROTATE_COMMAND = "python -m emocare key rotate"
ROTATE_THEN = "Afterwards print the new recovery key, make a back-up, and delete the older ones: they open with the former key."
MOVE_SAID = "Another keeper (keyring, file or passphrase), with Emo-Care closed:"
MOVE_COMMAND = "python -m emocare key move keyring"

# Retention

RETENTION = "How long data is kept"
RETENTION_SAID = "Nothing is removed by itself. The days are set in **settings.toml** of the data folder; 0 keeps."
RETENTION_COLUMNS = ("What", "Setting", "Kept for", "Older than", "Past its time", "Of patients")
CLASSES: dict[DataClass, str] = {
    DataClass.READINGS: "Measurements of each picture",
    DataClass.SESSIONS: "Sessions with summary, review, markers and kept video",
    DataClass.QUESTIONNAIRES: "Answers and their resolved alerts",
    DataClass.JOURNAL: "Journal entries",
    DataClass.REPORTS: "Reports, signed ones too",
}
FOR_EVER = "for ever"
DAYS = "{count} days"
RETENTION_EXCEPT = "Left alone: people with a legal hold, sessions with a report that stays, answers with an open alert."
ALL_KEPT = "No time is set: everything is kept."
NOTHING_PAST = "Nothing is past its time."
REMOVE = "Remove what is past its time"
REMOVE_SURE = "Remove {count} rows for good; they stay only in earlier back-ups"
REMOVED = "Removed: {what}. The database was written anew; no block of it holds them."
REMOVED_ONE = "{count} {what}"

# Legal holds

HOLDS = "Legal holds"
HOLDS_SAID = "A hold keeps a patient from being erased and from retention."
NO_HOLDS = "No legal hold."
HOLD_COLUMNS = ("Patient number", "Since", "Set by", "Reason")
NUMBER = "Patient number"
NUMBER_HELP = "The clinic’s own number."
REASON = "Reason"
SET = "Set hold"
LIFT = "Lift every hold of this patient"
SET_DONE = "A legal hold lies on {code} now."
LIFTED = "Lifted: {count} of {code}."
NONE_LIFTED = "No hold lies on {code}."

# Erasure

ERASURE = "Erase a patient"
ERASURE_SAID = "Removes every row and video of a patient for good and writes the database anew. Earlier back-ups still hold the patient, encrypted; one that is restored loses them again."
ERASE_LOOK = "Show what goes"
ERASE_OF = "Everything of **{name}**, number **{code}**"
ERASE_COLUMNS = ("What", "Count")
ERASE_HELD = "A legal hold lies on this patient since {since} ({reason}). Lift it first."
ERASE_TYPE = "Type the patient number to confirm"
ERASE_GO = "Erase for good"
ERASE_NOT_SAME = "This is not the patient’s number. Nothing was erased."
ERASED = "{code} is erased. Take the certificate now: it is not kept."
CERTIFICATE = "Download the certificate"
CERTIFICATE_FILE = "erased-{code}.txt"
CERTIFICATE_TAKEN = "Put away"
