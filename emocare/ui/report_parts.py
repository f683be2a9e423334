"""The parts of the page Report: preview, check list, signing, downloads, earlier versions."""

from __future__ import annotations

import re

import streamlit as st

from emocare.domain.errors import AccessDenied, EmoCareError, ReportError
from emocare.domain.records import Patient, ReportRecord, ReportState, SessionRecord
from emocare.services.export_tables import ENCODING
from emocare.ui import confirm, context, demo, frame, sessions, text
from emocare.ui.text import entry
from emocare.ui.text import exports as words
from emocare.ui.text import questionnaire as more
from emocare.ui.wording import fingerprint, plain, when

PAPER_PX = 800


def blind(patient: Patient, record: SessionRecord) -> None:
    """Own impression first: the report shows the face, so it waits and is not sent."""
    with frame.patient_bar(patient, record.consent):
        sessions.choose(record)
    with st.container(border=True):
        st.markdown(more.BLIND_REPORT)
        if st.button(more.BLIND_REPORT_GO, type=frame.primary(), key="blind_review",
                     icon=":material/fact_check:"):  # fmt: skip
            context.go(context.REVIEW, patient.id, record.id)


@st.cache_data(show_spinner=False, max_entries=6)
def _pages(sha256: str, _report: ReportRecord) -> list[bytes]:
    return context.app().reports.pages(_report)


def preview(record: SessionRecord) -> ReportRecord | None:
    """The pages of the very bytes that are filed, as pictures; None when it cannot be made."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.PREVIEW, anchor=False, width="content")
        st.space("stretch")
        audience = st.segmented_control(
            text.AUDIENCE_LABEL, list(text.AUDIENCES), default="file", required=True,
            format_func=text.AUDIENCES.__getitem__, label_visibility="collapsed",
            key="report_audience",
        )  # fmt: skip
        place = st.container(width="content")
    try:
        with st.skeleton(height=PAPER_PX):
            report = _report(record, audience)
            pages = _pages(report.sha256, report)
    except EmoCareError as error:
        st.error(text.REPORT_FAILED.format(why=plain(str(error))), icon=":material/error:")
        st.button(text.TRY_AGAIN, key="report_again")
        return None
    with place:
        number = st.segmented_control(
            text.PAGE_LABEL, range(1, len(pages) + 1), default=1, required=True,
            label_visibility="collapsed", key=f"report_page_{audience}_{len(pages)}",
        )  # fmt: skip
    with st.container(border=True, height=PAPER_PX):
        st.image(pages[number - 1], width="stretch",
                 alt=text.PAGE_ALT.format(number=number, count=len(pages)))  # fmt: skip
    return report


def _report(record: SessionRecord, audience: str) -> ReportRecord:
    """The filed version when it is signed, otherwise a draft from the record as it is now."""
    reports = context.app().reports
    current = reports.current(record.id, audience)
    if audience == "file" and current is not None and current.state is ReportState.SIGNED:
        return current
    return reports.draft(record.id, audience)


def state(filed: ReportRecord | None) -> None:
    """Badge and version of the report for the file."""
    if filed is None:
        return
    word, icon, colour = text.REPORT_STATES[filed.state.value]
    st.badge(text.REPORT_BADGE.format(word=word, version=filed.version), icon=icon, color=colour)


def checks(record: SessionRecord, filed: ReportRecord | None) -> None:
    """What is in order before signing, and what the reader should know."""
    if filed is not None and filed.state is ReportState.SIGNED:
        return
    items = context.app().reports.checklist(record.id)
    notes = sum(not item.done for item in items)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text.BEFORE_SIGNING, anchor=False, width="content")
        st.space("stretch")
        if notes:
            st.badge(text.NOTES[notes != 1].format(count=notes), icon=":material/warning:",
                     color="orange")  # fmt: skip
        else:
            st.badge(text.IN_ORDER, icon=":material/check_circle:", color="green")
    with st.container(border=True, gap="xsmall"):
        for item in items:
            icon = ":material/check_circle:" if item.done else ":material/warning:"
            st.markdown(f"{icon} {plain(item.text)}")


def signing(record: SessionRecord, filed: ReportRecord | None) -> None:
    """The form that signs; after signing who, when and the way to amend."""
    if filed is None:
        return
    if filed.state is ReportState.SIGNED:
        _signed(record, filed)
        return
    blocked = [i.text for i in context.app().reports.checklist(record.id)
               if i.blocking and not i.done]  # fmt: skip
    with st.form("sign", enter_to_submit=False):
        name = st.text_input(text.SIGN_NAME, value=context.known().actor.full_name, max_chars=120)
        role = st.text_input(text.SIGN_ROLE, max_chars=120)
        licence = st.text_input(text.SIGN_LICENCE, max_chars=60)
        read = st.checkbox(text.SIGN_READ)
        typed = confirm.field("sign_password", entry.SIGN_AGAIN_HELP)
        pressed = st.form_submit_button(text.SIGN, type=frame.primary(), icon=":material/draw:",
                                        width="stretch", disabled=bool(blocked))  # fmt: skip
        if blocked:
            st.caption(text.SIGN_BLOCKED.format(why=plain(", ".join(blocked))))
        if pressed:
            _sign(record, name, role, licence, typed, read=read)
    st.caption(text.SIGN_FINAL.format(next=filed.version + 1))


def _sign(record: SessionRecord, name: str, role: str, licence: str, typed: str, *,
          read: bool) -> None:  # fmt: skip
    if not read:
        st.error(text.SIGN_UNREAD, icon=":material/error:")
        return
    try:
        confirm.given(typed, "reports.sign")
        context.app().reports.sign(record.id, name, role, licence)
    except (ReportError, AccessDenied) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()


def _signed(record: SessionRecord, filed: ReportRecord) -> None:
    with st.container(border=True, gap="xsmall"):
        word, icon, colour = text.REPORT_STATES[filed.state.value]
        st.badge(word, icon=icon, color=colour)
        st.markdown(text.SIGNED_BY.format(name=plain(filed.signed_by or ""),
                                          role=plain(filed.signer_role or "")))  # fmt: skip
        at = when(filed.signed_at) if filed.signed_at else ""
        pattern = text.SIGNED_AT if filed.licence else text.SIGNED_AT_PLAIN
        st.caption(pattern.format(when=at, licence=plain(filed.licence or "")))
        if st.button(text.AMEND, icon=":material/difference:", key="amend"):
            _amend(record, filed)
    st.caption(text.SIGN_FINAL.format(next=filed.version + 1))


@st.dialog(text.AMEND_TITLE)
def _amend(record: SessionRecord, filed: ReportRecord) -> None:
    st.caption(text.AMEND_NOTE.format(version=filed.version))
    reason = st.text_area(text.AMEND_REASON, max_chars=500, height=90)
    typed = confirm.field("amend_password", entry.SIGN_AGAIN_HELP)
    if st.button(text.AMEND_GO.format(next=filed.version + 1), type="primary", key="amend_go"):
        try:
            confirm.given(typed, "reports.amend")
            context.app().reports.amend(record.id, reason)
        except EmoCareError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            st.rerun()


def downloads(patient: Patient, record: SessionRecord, shown: ReportRecord) -> None:
    """The very bytes that are shown; the session for other programs, made when it is asked for."""
    stem, reports, exports = _stem(patient, shown), context.app().reports, context.app().exports
    session = _session_stem(record)
    with st.container(horizontal=True):
        st.download_button(text.DOWNLOAD_PDF, shown.pdf, f"{stem}.pdf", "application/pdf",
                           on_click="ignore", icon=":material/download:", key="pdf")  # fmt: skip
        st.download_button(text.DOWNLOAD_CSV, lambda: reports.csv(record.id).encode(ENCODING),
                           f"{stem}.csv", "text/csv", on_click="ignore",
                           icon=":material/download:", key="csv")  # fmt: skip
        st.download_button(words.DOWNLOAD_TABLES, lambda: exports.tables(record.id).zipped(),
                           f"{session}.zip", "application/zip",
                           on_click="ignore", icon=":material/download:", key="tables",
                           help=words.TABLES_HELP)  # fmt: skip
    signed = shown.state is ReportState.SIGNED
    sentence = text.FINGERPRINT if signed else text.DRAFT_MARK
    st.caption(sentence.format(print=fingerprint(shown.sha256)))
    _fhir(record, stem)


def _fhir(record: SessionRecord, stem: str) -> None:
    """The bundle, under a pseudonym unless the name is chosen."""
    exports = context.app().exports
    with st.container(horizontal=True, vertical_alignment="bottom"):
        named = st.segmented_control(
            words.IDENTITY, list(words.IDENTITIES), default=False, required=True,
            format_func=words.IDENTITIES.__getitem__, help=words.IDENTITY_HELP,
            key="fhir_identity", width="content",
        )  # fmt: skip
        name = f"{stem if named else _session_stem(record)}-fhir.json"
        st.download_button(
            words.DOWNLOAD_FHIR,
            lambda: exports.fhir(record.id, named=bool(named)).encode(),
            name, "application/fhir+json", on_click="ignore", icon=":material/download:",
            key="fhir", help=words.FHIR_HELP,
        )  # fmt: skip


def _stem(patient: Patient, shown: ReportRecord) -> str:
    code = re.sub(r"[^A-Za-z0-9-]+", "_", patient.code)
    copy = "-patient" if shown.audience == "patient" else ""
    return f"{demo.file_prefix()}emo-care-{code}-{shown.created_at:%Y-%m-%d}-v{shown.version}{copy}"


def _session_stem(record: SessionRecord) -> str:
    """Of files under a pseudonym."""
    return f"{demo.file_prefix()}emo-care-session-{record.id}"


def older(record: SessionRecord) -> None:
    """Every earlier version stays as it was and can be had."""
    earlier = context.app().reports.versions(record.id)[1:]
    if not earlier:
        return
    with st.expander(text.OLDER):
        for version in earlier:
            name = f"{demo.file_prefix()}report-v{version.version}.pdf"
            word, icon, colour = text.REPORT_STATES[version.state.value]
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(word, icon=icon, color=colour)
                st.caption(text.REPORT_VERSION.format(version=version.version)
                           + (f", {when(version.signed_at)}" if version.signed_at else ""),
                           width="content")  # fmt: skip
                st.download_button(text.DOWNLOAD_PDF, version.pdf, name, "application/pdf",
                                   on_click="ignore", icon=":material/download:",
                                   key=f"pdf_{version.id}")  # fmt: skip
