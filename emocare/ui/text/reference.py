"""Sentences on which table of typical values a result was computed with, and consent to one."""
# ruff: noqa: E501

PROVISIONAL = "provisional reference"
SITE = "site reference {name}"
INVESTIGATIONAL = "Investigational, {reference}."
CHART_TYPICAL = "Grey: typical range, {reference}."

CONSENT_RESEARCH = "Use de-identified measurements for research"
CONSENT_RESEARCH_HELP = "They may also count for the clinic’s own table of typical values. Not needed for the analysis."
