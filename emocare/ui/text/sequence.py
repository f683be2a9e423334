"""Sentences on the two sequence networks: trajectories, severity, attention."""
# ruff: noqa: E501

from __future__ import annotations

TRAINED = "Trained on simulated people, not on patients."
LEADS = "The questionnaire leads."

# Whose lines are drawn

LINES_LABEL = "Lines"
FORMULAS, NETWORK = "formulas", "network"
LINES = {FORMULAS: "From the behaviour index’s formulas", NETWORK: "From the sequence network"}
LINES_LIVE = {FORMULAS: "Formulas", NETWORK: "Sequence network"}
CHART_NETWORK = "Violet line and band: from the sequence network, one value a second, 90 % interval; it knows no typical range."
ROW_ATTENTION = "Attention"
CHART_ATTENTION = "Attention: darker, weighed more in the severity network’s estimate."
ATTENTION_HOVER = "{time}: {times} times an even share"
PANELS_NETWORK = "Line: the sequence network, one value a second. Violet band: 90 % interval. Gaps: no valid picture."
NETWORK_WAITS = "needs 30 s"

# Severity

SEVERITY = "Severity network"
SEVERITY_WHY = "Severity network: {why}"
SEVERITY_LIKELY = "Likeliest: **{band}**"
SEVERITY_SAID = "Severity network: {parts}"
SEVERITY_NONE = "Severity network: nothing yet"
SEVERITY_PART = "{band} {percent} %"
SEVERITY_WAITS = "Needs 30 s of valid picture."
SEVERITY_HIDDEN = "Severity network: hidden until your impression is noted in the review."
PERCENT = "{percent} %"
NOTHING = "–"
NO_LINES = "The sequence networks that gave this estimate are not there any more, so their lines and attention cannot be drawn. The page Timeline offers to analyse the session again."

# Attention

LOOKED_AT = "What the severity network looked at"
LOOKED_EXPLAINED = "Darker weighed more: attention shows what weighed in the estimate, not what is wrong."
LOOKED_ALT = "Attention of the severity network over {length}; click to move the clip"
ATTENDED = "{time} · {percent} %"
ATTENDED_WHY = "{start} to {end} weighed {percent} % of the estimate"
MOMENTS_OF_INDEX = "Moments with most weight in the index"

# Side by side

COMPARE_NETWORK = "Sequence network"
COMPARE_NOTE = "Sequence network: its own value over the session with its 90 % interval."

# Evidence

EVIDENCE_TITLE = "The sequence networks"
EVIDENCE_NAMES = {"affect": "Six dimensions over time", "severity": "Severity and attention"}
EVIDENCE_ENGINE = "{id} {version}, SHA-256 {print}"
EVIDENCE_COLUMNS = ("What", "Value", "95 % interval", "Note")
EVIDENCE_INTERVAL = "{low} to {high}"
EVIDENCE_NONE = "Not measured for this network."
EVIDENCE_ALT = "Measured figures of the network {id} with their 95 % intervals"
