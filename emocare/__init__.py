"""Emo-Care: observed facial behaviour and questionnaires for a clinician's review."""

__version__ = "0.5.0"
