"""The parts of the page Evidence: head, figures, calibration, groups, limits."""

from __future__ import annotations

import re

import streamlit as st

from emocare.domain.errors import ModelError
from emocare.domain.summary import ModelRef
from emocare.services.evidence import FEWEST_IN_BIN, Group, Measured, SelfTest, Sheet
from emocare.ui import alert_strip, context, text
from emocare.ui.charts.evidence import calibration_figure, dots_figure
from emocare.ui.theme import Palette
from emocare.ui.wording import fingerprint, local, plain

CHART = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def sheet_or_fault(test: SelfTest) -> Sheet | None:
    """What the page shows; without a readable models folder the title and what is wrong."""
    try:
        return context.app().evidence.sheet()
    except ModelError as error:
        st.title(text.EVIDENCE, anchor=False)
        alert_strip.show()
        why = test.fault or str(error)
        st.error(text.SELF_TEST_FAULT.format(why=plain(why)), icon=":material/error:")
        return None


def head(sheet: Sheet, test: SelfTest) -> None:
    """Title, engine and hash, model card and self-test; under them what must be known first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(gap="xxsmall", width="stretch"):
            st.title(text.EVIDENCE, anchor=False)
            st.caption(text.EVIDENCE_ENGINE.format(
                id=sheet.engine.id, version=sheet.engine.version,
                print=fingerprint(sheet.engine.sha256),
            ))  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            pressed = st.button(text.EVIDENCE_CARD, icon=":material/article:", key="card",
                                disabled=not sheet.card)  # fmt: skip
            if pressed:
                card(sheet.engine, sheet.card)
            if test.passed:
                at = f"{local(test.at):%H:%M}"
                st.badge(text.SELF_TEST_PASSED.format(at=at), icon=":material/verified:",
                         color="green")  # fmt: skip
            else:
                st.badge(text.SELF_TEST_FAILED, icon=":material/error:", color="orange")
    alert_strip.show()
    if not test.passed:
        st.error(text.SELF_TEST_FAULT.format(why=plain(test.fault)), icon=":material/error:")
    st.warning(text.NOT_VALIDATED, icon=":material/science:")


@st.dialog(text.EVIDENCE_CARD, width="large")
def card(engine: ModelRef, words: str) -> None:
    """A whole model card, to read and to keep."""
    name = f"{engine.id}-{engine.version}-model-card.md"
    st.download_button(text.EVIDENCE_CARD_DOWNLOAD, words, name, "text/markdown",
                       on_click="ignore", icon=":material/download:", key="card_file")  # fmt: skip
    # One level up: the smallest heading would be under the least size of type.
    lines = (re.sub("^# (.*)", r"**\1**", line) for line in words.splitlines())
    st.markdown("\n".join(re.sub("^##", "#", line) for line in lines))


def estimates(measured: Measured | None, colours: Palette) -> None:
    """Figures with their intervals."""
    st.subheader(text.EVIDENCE_RIGHT, anchor=False)
    if measured is None:
        st.markdown(text.EVIDENCE_NONE)
        return
    rows = [(text.EVIDENCE_ROWS[one.key], one) for one in measured.estimates]
    st.plotly_chart(dots_figure(rows, colours), theme=None, config=CHART, key="estimates",
                    alt=text.EVIDENCE_ALT)  # fmt: skip
    st.caption(text.EVIDENCE_SOURCE.format(
        images=_count(measured.images), faces=_count(measured.faces),
        people=_count(measured.people),
    ))  # fmt: skip


@st.fragment
def conditions(measured: Measured | None, colours: Palette) -> None:
    """What happens to the Action Units when pictures get worse, one condition at a time."""
    st.subheader(text.EVIDENCE_WORSE, anchor=False)
    known = [name for name, rows in measured.conditions.items() if rows] if measured else []
    if measured is None or not known:
        st.markdown(text.EVIDENCE_NONE)
        return
    name = st.segmented_control(
        text.EVIDENCE_WORSE_LABEL, known, default=known[0], required=True,
        format_func=text.EVIDENCE_CONDITIONS.__getitem__, label_visibility="collapsed",
        key="condition",
    )  # fmt: skip
    rows = [(one.key, one) for one in measured.conditions[name]]
    alt = text.EVIDENCE_WORSE_ALT.format(name=text.EVIDENCE_CONDITIONS[name])
    st.plotly_chart(dots_figure(rows, colours), theme=None, config=CHART,
                    key=f"conditions_{name}", alt=alt)  # fmt: skip
    st.caption(text.EVIDENCE_WORSE_SOURCE)


def calibration(measured: Measured | None, colours: Palette) -> None:
    """Said probability against what came true."""
    st.subheader(text.EVIDENCE_CALIBRATION, anchor=False)
    if measured is None or not measured.calibration:
        st.markdown(text.EVIDENCE_NONE)
        return
    st.plotly_chart(calibration_figure(measured.calibration, colours), theme=None, config=CHART,
                    key="calibration", alt=text.EVIDENCE_CALIBRATION_ALT)  # fmt: skip
    error = measured.calibration_error
    if error.value is not None:
        st.caption(text.EVIDENCE_ECE.format(
            value=f"{error.value:.3f}", low=f"{error.low:.3f}", high=f"{error.high:.3f}",
            fewest=FEWEST_IN_BIN,
        ))  # fmt: skip


def groups(sheet: Sheet, colours: Palette) -> None:
    """Accuracy by group of people, from the clinic's own test alone."""
    st.subheader(text.EVIDENCE_GROUPS, anchor=False)
    rows = [(_group_label(group), group.estimate) for group in sheet.groups]
    figure = dots_figure(rows, colours, everybody=sheet.group_accuracy)
    st.plotly_chart(figure, theme=None, config=CHART, key="groups",
                    alt=text.EVIDENCE_GROUPS_ALT)  # fmt: skip
    if sheet.group_pictures is None:
        st.caption(text.EVIDENCE_GROUPS_NONE)
    else:
        st.caption(text.EVIDENCE_GROUPS_OWN.format(count=_count(sheet.group_pictures)))


def limits(sheet: Sheet) -> None:
    """What it cannot do, in the words of the model card."""
    st.subheader(text.EVIDENCE_CANNOT, anchor=False)
    if not sheet.limits:
        st.markdown(text.EVIDENCE_NONE)
        return
    st.markdown("\n".join(f"* {plain(limit)}" for limit in sheet.limits))


def _group_label(group: Group) -> str:
    name = text.EVIDENCE_GROUP_NAMES.get(group.column, group.column.replace("_", " ").capitalize())
    return f"{name} {group.estimate.key}".strip()


def _count(number: int | None) -> str:
    return text.NOT_MEASURED if number is None else f"{number:,}"
