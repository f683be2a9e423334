"""Sentences on which table of typical values a result was computed with."""

PROVISIONAL = "provisional reference"
SITE = "site reference {name}"
INVESTIGATIONAL = "Investigational, {reference}."
CHART_TYPICAL = "Grey: typical range, {reference}."

