"""Back-ups on the page Data: made by one click, listed, and how to bring one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import streamlit as st

from emocare.services.backup_states import Backup, Schedule, Step
from emocare.services.workplace import now
from emocare.ui import context
from emocare.ui.text import data as text
from emocare.ui.wording import plain, when

TICK_S = 0.5
ROW_PX, MOST_PX = 35, 320


def show() -> None:
    """Draws the part."""
    backups = context.app().backups
    job = backups.job
    running = job is not None and job.running
    st.fragment(run_every=TICK_S if running else None)(_now)(running)
    schedule, every = backups.schedule(), backups.all()
    _daily(schedule)
    _listed(every)
    _folder(schedule)
    _restoring(every)


def _now(was_running: bool) -> None:
    """The button, and how the back-up goes; runs by itself while one is being made."""
    backups = context.app().backups
    job = backups.job
    running = job is not None and job.running
    if running != was_running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(text.NOW, type="primary", icon=":material/backup:", disabled=running,
                     key="backup_now"):  # fmt: skip
            backups.begin()
            st.rerun()
        if job is not None and running:
            share, words = text.STEPS[job.step]
            with st.container(width="stretch", gap="xxsmall"):
                st.progress(share, words)
    if job is None or running:
        return
    if job.step is Step.FAILED or job.made is None:
        st.error(text.NOT_MADE.format(why=plain(job.fault or "")), icon=":material/error:")
        return
    made = job.made
    st.success(text.MADE.format(when=when(made.about.made_at), name=plain(made.file.name),
                                size=size(made.bytes)), icon=":material/check_circle:")  # fmt: skip


def _listed(every: Sequence[Backup]) -> None:
    if not every:
        with st.container(border=True):
            st.markdown(text.EMPTY)
        return
    rows = [
        (when(one.about.made_at), size(one.bytes), one.about.contents.tables["patients"].rows,
         text.TRIED, one.about.contents.schema, one.about.app_version, one.about.key_id,
         one.file.name)
        for one in every
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=list(text.COLUMNS)), hide_index=True, width="stretch",
                 height=min(MOST_PX, ROW_PX * (len(rows) + 1) + 3))  # fmt: skip


def _daily(schedule: Schedule) -> None:
    with st.container(border=True, gap="xsmall"):
        st.subheader(text.DAILY, anchor=False)
        st.caption(text.DAILY_ON if schedule.on else text.DAILY_OFF)
        with st.container(horizontal=True, gap="medium"):
            st.markdown(f"{text.NEWEST}: **{_newest(schedule)}**", width="content")
            st.markdown(f"{text.NEXT}: **{_next(schedule)}**", width="content")
            if schedule.on:
                days, weeks, months = context.app().settings.backup_keep.replace(",", " ").split()
                kept = text.KEPT_SAID.format(days=days, weeks=weeks, months=months)
                st.markdown(f"{text.KEPT}: {kept}", width="content")
        if schedule.fault is not None:
            st.error(text.FAULT.format(why=plain(schedule.fault)), icon=":material/error:")


def _newest(schedule: Schedule) -> str:
    if schedule.newest_at is None:
        return text.NONE_YET
    age = now() - schedule.newest_at
    old = (text.AGE_DAYS.format(days=age / timedelta(days=1)) if age > timedelta(days=2)
           else text.AGE_HOURS.format(hours=age / timedelta(hours=1)))  # fmt: skip
    return f"{when(schedule.newest_at)}, {old}"


def _next(schedule: Schedule) -> str:
    if not schedule.on:
        return text.NEXT_OFF
    if schedule.due_at is None:
        return text.NEXT_NEVER
    return text.NEXT_NOW if schedule.due_at <= now() else ahead(schedule)


def ahead(schedule: Schedule) -> str:
    """When the next one is due, in words that also fit tomorrow."""
    due = schedule.due_at
    assert due is not None
    at = due.astimezone()
    return f"{at.day} {at:%b} {at:%H:%M}"


def _folder(schedule: Schedule) -> None:
    app = context.app()
    if schedule.same_disk:
        st.warning(text.SAME_DISK, icon=":material/hard_drive:")
    with st.container(border=True, gap="xsmall"):
        st.subheader(text.FOLDER, anchor=False)
        st.code(str(app.backups.folder.resolve()), language=None)
        st.caption(text.FOLDER_SET)
        st.code(str(app.settings.data_dir.resolve()), language=None)


def _restoring(every: Sequence[Backup]) -> None:
    file = str(every[0].file.resolve()) if every else text.RESTORE_FILE
    with st.container(border=True, gap="xsmall"):
        st.subheader(text.RESTORE, anchor=False)
        st.markdown(text.RESTORE_CLOSED)
        st.markdown(text.RESTORE_HERE)
        st.code(text.RESTORE_COMMAND.format(file=quoted(file)), language=None)
        st.markdown(text.RESTORE_THERE)
        st.code(text.RESTORE_COMMAND.format(file=text.RESTORE_FILE), language=None)
        st.caption(text.RESTORE_THEN)


def quoted(path: str) -> str:
    """A path as a command line takes it, in quotation marks where it holds blanks."""
    return f'"{path}"' if " " in path else path


def size(count: int) -> str:
    """Bytes in words."""
    return f"{count / 1e6:.1f} MB"
