"""Instruments, scoring, change, alerts, fusion, crisis card. Pure: no clock, no store."""

from emocare.clinical.alerts import (
    ACTIONS,
    AlertAction,
    AlertDraft,
    Urgency,
    alerts_for,
    journal_alert,
    listed_for,
    shows_crisis_card,
    urgency,
)
from emocare.clinical.change import (
    Norm,
    PreviousTotal,
    previous_total,
    read_norms,
    recall_overlaps,
)
from emocare.clinical.consent_texts import (
    ConsentPoint,
    ConsentText,
    consent_texts,
    current_text,
)
from emocare.clinical.crisis import CrisisCard, CrisisLine, crisis_resources
from emocare.clinical.crisis_phrases import crisis_phrases
from emocare.clinical.fusion import DatedResult, Headline, headline
from emocare.clinical.instruments import (
    Instrument,
    instrument_names,
    load_instrument,
    misnamed,
    pack_names,
    read_words,
    words_files,
)
from emocare.clinical.scoring import score
from emocare.clinical.self_report import self_report_dimensions
from emocare.domain.score_json import score_from_dict, score_to_dict

__all__ = [
    "ACTIONS",
    "AlertAction",
    "AlertDraft",
    "ConsentPoint",
    "ConsentText",
    "CrisisCard",
    "CrisisLine",
    "DatedResult",
    "Headline",
    "Instrument",
    "Norm",
    "PreviousTotal",
    "Urgency",
    "alerts_for",
    "consent_texts",
    "crisis_phrases",
    "crisis_resources",
    "current_text",
    "headline",
    "instrument_names",
    "journal_alert",
    "listed_for",
    "load_instrument",
    "misnamed",
    "pack_names",
    "previous_total",
    "read_norms",
    "read_words",
    "recall_overlaps",
    "score",
    "score_from_dict",
    "score_to_dict",
    "self_report_dimensions",
    "shows_crisis_card",
    "urgency",
    "words_files",
]  # fmt: skip
