"""How the numbers were made, what they cannot do, and what the clinician concludes."""

from __future__ import annotations

from reportlab.platypus import Flowable

from emocare.report import words
from emocare.report.blocks import (
    columns,
    gap,
    head,
    heading,
    pairs,
    small,
    subheading,
    table,
    text,
    together,
    words_block,
)
from emocare.report.content import Audience, Report
from emocare.report.flowables import Ticks
from emocare.report.sections.quality import source_hash
from emocare.report.style import INK, TEXT_WIDTH, text_style

LIMITS = (
    "The facial index is investigational and not validated against diagnosis. It is no screening "
    "tool, it does not reassure, and nothing follows from it automatically.",
    "Under realistic assumptions most affected people still lie in its typical range, and 1 in 6 "
    "to 8 unaffected people lies above it.",
    "Culture, sex, age, autism, Parkinson's disease, facial palsy, botulinum toxin, stroke, "
    "psychotropic and antipsychotic medication, pain, masks, glasses, poor light, speaking, "
    "camera angle and fatigue at the end of clinic all change facial behaviour.",
    "Facial configurations do not map one-to-one on emotions.",
    "Published ceilings for comparison: remission AUC 0.72 and response AUC 0.75 in 12 patients "
    "(Jiang 2021); daily mood from phone pictures AUC 0.58 to 0.64 for valence, 0.60 to 0.63 for "
    "arousal in 25 people (MoodCam); PHQ-9 mean absolute error 3.08, AUROC 0.81 in 25 people "
    "(FacePsy).",
)
NO_FACE = (
    "No face was analysed for this report. Questionnaires say what a person answers on one day: "
    "they are screens, not diagnoses, and a low total does not rule anything out."
)
LEFT_LIMITS = 4
"""How many of the limits stand in the left column."""
SHORT_NOTE = 700
"""Up to this length note and signature stand on one page."""
INTENDED_USE = (
    "Intended use: Emo-Care records validated self-report questionnaires and displays an "
    "investigational index of observable facial behaviour to support review by a licensed "
    "clinician. It does not diagnose, rule out, or predict any disorder or suicide risk, is not "
    "for emergency use, and is not for use in employment or education."
)


def method(report: Report) -> list[Flowable]:
    """Software, weights, reference, configuration and thresholds, each with its fingerprint."""
    made = report.provenance
    rows: list[tuple[str, str, str]] = [
        ("Application", f"Emo-Care {made.app_version}", made.git_commit or "commit not recorded")]
    if made.instruments:
        names = ", ".join(title for title, _ in made.instruments)
        versions = "; ".join(f"{title}: {version}" for title, version in made.instruments)
        rows.append(("Questionnaires", names, versions))
    summary = report.summary
    if summary is not None:
        # The patient copy says nothing of the sequence networks, so it does not name them either.
        models = summary.models if report.audience is Audience.FILE else summary.face_models
        rows += [("Network", f"{m.id} {m.version}", m.sha256) for m in models]
        rows.append(("Recording", summary.source.path, source_hash(summary)))
    if made.reference is not None:
        rows.append(("Reference", made.reference, made.reference_sha256 or "hash not recorded"))
    if made.config_sha256 is not None:
        rows.append(("Configuration", "analysis", made.config_sha256))
    cells: list[list[object]] = [head("What", "Name and version", "Commit, language or SHA-256")]
    cells += [[text(what, size=7.6), text(name, size=7.6), text(mark, size=6.6, leading=1.7)]
              for what, name, mark in rows]  # fmt: skip
    parts: list[Flowable] = [heading("Method and versions"),
                             table(cells, [74, 150, TEXT_WIDTH - 224], header=True, pad=1.7)]
    if made.thresholds:
        listed = "; ".join(f"{words.METRICS.get(name, name)} {value}"
                           for name, value in made.thresholds)  # fmt: skip
        parts += [gap(4), small(f"Thresholds: {listed}.")]
    return [together(parts, partable=True)]


def limits(report: Report) -> list[Flowable]:
    """The mandatory limits and the confounder check list."""
    parts: list[Flowable] = [heading("Limits")]
    if not report.faces:
        return [together([*parts, *(text(line, size=7.6) for line in (NO_FACE, INTENDED_USE))])]
    sides: list[list[Flowable]] = [[], []]
    for i, sentence in enumerate((*LIMITS, INTENDED_USE)):
        sides[i >= LEFT_LIMITS] += [text(sentence, size=7.6), gap(2.4)]
    parts.append(columns(*sides))
    found: list[Flowable] = [together(parts)]
    found.append(together([subheading("What may have changed the face"), *_confounders(report)]))
    return found


def _confounders(report: Report) -> list[Flowable]:
    if not report.confounders:
        return [text("The check list was not filled in.", size=8)]
    return [Ticks([(tick.text, tick.ticked) for tick in report.confounders], columns=3)]


def decision(report: Report) -> list[Flowable]:
    """Impression, agreement and note, the signature and every version of this report."""
    parts: list[Flowable] = [heading("Clinician's conclusion")]
    review = report.review
    if review is None:
        parts.append(text("No impression was noted."))
    else:
        seen = "not given" if review.impression is None else words.SEVERITY[review.impression]
        saved = words.moment(words.local(review.saved_at, report.generated_at.tzinfo))
        parts += [pairs([
            ("Impression", seen),
            *((("Facial index", report.agreement_text or "agreement not noted"),)
              if report.faces else ()),
            ("Reviewed by", review.reviewer), ("Saved", f"{saved}, version {review.version}"),
        ], 2), gap(5)]  # fmt: skip
    note = "" if review is None else review.note or "No note was written."
    said = words_block(note, text_style(8.3, leading=1.37)) if note else []
    signed: list[Flowable] = [gap(9), _signature(report), gap(5), *_versions(report)]
    if len(note) <= SHORT_NOTE:
        return [together([*parts, *said, *signed])]
    return [together(parts), *said, together(signed[:2]), together(signed[2:])]


def _signature(report: Report) -> Flowable:
    """Who signed; a line to sign on while the report is a draft."""
    signature = report.signature
    if signature is None:
        rows = [[text("Draft, not signed", size=9.6, bold=True), ""],
                [small("Name, role"), small("Licence number, date")]]  # fmt: skip
        return table(rows, [TEXT_WIDTH / 2] * 2, [
            ("LEFTPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, 0), 20),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, INK), ("LINEBELOW", (0, 1), (-1, 1), 0, "white"),
        ])  # fmt: skip
    at = words.local(signature.signed_at, report.generated_at.tzinfo)
    who = f"{signature.name}, {signature.role}"
    when = f"{words.moment(at)} {words.zone(at)}"
    rows = [
        [text(who, size=9.6, bold=True), text(f"Licence {signature.licence}", size=9)],
        [small(f"Signed electronically {when}. The conclusion is the clinician's own."), ""],
    ]
    return table(rows, [TEXT_WIDTH * 0.62, TEXT_WIDTH * 0.38], [
        ("LEFTPADDING", (0, 0), (-1, -1), 0), ("LINEABOVE", (0, 0), (-1, 0), 0.7, INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0, "white"), ("SPAN", (0, 1), (1, 1)),
    ])  # fmt: skip


def _versions(report: Report) -> list[Flowable]:
    if not report.versions:
        return []
    zone = report.generated_at.tzinfo
    rows: list[list[object]] = [head("Version", "Status", "Date", "By", "Reason",
                                     "SHA-256 of the filed PDF")]  # fmt: skip
    for entry in report.versions:
        mark = "this file" if entry.sha256 is None else f"{entry.sha256[:16]} …"
        rows.append([
            text(str(entry.version), size=7.6), text(words.STATUS[entry.state].lower(), size=7.6),
            text(words.moment(words.local(entry.at, zone)), size=7.6),
            text(entry.by or "–", size=7.6), text(entry.reason or "–", size=7.6),
            text(mark, size=6.6, leading=1.7),
        ])  # fmt: skip
    widths = [40, 50, 92, 104, TEXT_WIDTH - 386, 100]
    return [subheading("Versions of this report"), table(rows, widths, header=True, pad=1.8)]
