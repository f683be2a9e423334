"""Sentences of the page Questionnaire, the kiosk, and visits without a recording.

A sentence is one line, so that it can be found and read as it appears.
"""
# ruff: noqa: E501

from __future__ import annotations

FORM_LINE = "{title}. {count} questions about {recall}."
FORM_NOTICE = "{notice}"
LANGUAGE = "Language"
LANGUAGES = {
    "ar": "العربية", "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "ελληνικά", "en": "English", "es": "español",
    "fi": "suomi", "fr": "français", "he": "עברית", "hi": "हिन्दी", "hu": "magyar", "it": "italiano", "ja": "日本語",
    "ko": "한국어", "nl": "Nederlands", "no": "norsk", "pl": "polski", "pt": "português", "ro": "română", "ru": "русский",
    "sv": "svenska", "ta": "தமிழ்", "th": "ไทย", "tr": "Türkçe", "uk": "українська", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip
"""Names of languages in themselves; another one is shown by its code."""
CARRIED_START = "Start at question {number}"
CARRIED_STAFF = "{count} answers of today’s short form are taken over."
CARRIED = "A few more questions follow. What you have just answered is taken over; Back shows it."
NEXT_DUE = "Today’s short form was positive: {forms} is asked next."
NO_REVIEW_STAFF = "Nobody looks at answers the same day here: PHQ-8 takes the place of PHQ-9, and everybody is shown whom to call in a crisis."
DONE_HELP = "If you ever think of harming yourself"
VISIT = "Visit of {when}, without a recording"
VISIT_BADGE = "Questionnaires only"
VISIT_LABEL = "Visit {number} · {when}"
VISIT_COUNTS = "Counts for today’s visit."
OPEN_VISIT = "Make a visit of these answers"
OPEN_VISIT_HELP = "For a decision and a report without a recording."
ASK = "Open questionnaire"
NO_VISIT_OF = "Nothing has been answered for this person yet."
NO_VISITS = "There is no visit yet. Open a questionnaire first."
NO_FACES = "Faces are not analysed in this clinic (setting facial_module_enabled). Questionnaires, reviews and reports work as usual."
EMPTY_HOME = "No patients yet. Add the first one, then open a questionnaire."
NO_BAND = "Answered"
SCALE = "{name} {scale} **{total} of {maximum}**, native: {native}"
SCALE_MISSING = "{name} {scale}: too few answers"
OVERLAP = "{name}: under 7 days since the last one, the recall periods overlap."
UNCERTAIN = "{name}: change uncertain, because an answer was missing."
RELIABLE = "{name}: reliable change by this clinic’s own norm (index {rci})."
BAND_UNCERTAIN = "{name}: the missing answers could change the band."
COMPARE_SOURCE = "Items"
BLIND_REPORT = "Your clinic asks for your own impression first. Note it on the page Review; the report opens then."
BLIND_REPORT_GO = "Open review"
ANSWERS_TITLE = "What was answered"
