"""Reviews and reports: versions are added, signed bytes never change."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from emocare.domain.errors import NotFound, ReportError, StoreError
from emocare.domain.records import (
    PersonMark,
    ReportId,
    ReportRecord,
    ReportState,
    ReviewId,
    SessionId,
)
from emocare.store import Store
from tests.store.made_up import NOW, clinic, report, review, session

S1 = SessionId("s1")


def signed(draft: ReportRecord, pdf: bytes = b"%PDF signed") -> ReportRecord:
    """The draft as signed."""
    return replace(
        draft, state=ReportState.SIGNED, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(),
        signed_by="Dr Osei", signer_role="Psychiatrist", licence="L-1", signed_at=NOW,
    )  # fmt: skip


def test_every_version_of_a_review_is_kept(store: Store) -> None:
    versions = [review(1), replace(review(2), impression=None, agreement=None, confounders=())]
    for version in versions:
        store.add_review(version)

    assert store.reviews(S1) == versions[::-1]
    assert store.reviews(SessionId("other")) == []


def test_a_version_of_a_review_exists_once(store: Store) -> None:
    store.add_review(review(1))
    with pytest.raises(StoreError, match="Version 1 of this review exists already"):
        store.add_review(replace(review(1), id=ReviewId("other"), note="changed"))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.add_review(review(1, session_number=9))
    assert store.reviews(S1) == [review(1)]


def test_marks_are_added_and_never_changed(store: Store) -> None:
    later = NOW + timedelta(minutes=1)
    first, second = PersonMark(S1, True, "Dr Osei", NOW), PersonMark(S1, False, "Dr Osei", later)
    assert store.person_marks(S1) == []
    for mark in (first, second):
        store.add_person_mark(mark, store.session(S1))
    assert store.person_marks(S1) == [second, first]
    with pytest.raises(NotFound, match="recording does not exist"):
        store.add_person_mark(replace(first, session_id=SessionId("none")), store.session(S1))


def test_a_report_comes_back_byte_for_byte(store: Store) -> None:
    big = bytes(range(256)) * 4000
    store.add_report(report(1, pdf=big))

    found = store.report(ReportId("q1-file-1"))
    assert found == report(1, pdf=big)
    assert store.reports(S1) == [found]


def test_a_draft_is_replaced_until_it_is_signed(store: Store) -> None:
    store.add_report(report(1))
    for number in range(20):
        draft = report(1, pdf=b"%PDF " + str(number).encode())
        store.replace_draft_report(draft)
        assert store.report(draft.id) == draft
    final = signed(report(1))
    store.replace_draft_report(final)

    assert store.report(final.id) == final
    assert len(store.reports(S1)) == 1


@pytest.mark.parametrize("amended", [False, True])
def test_what_is_signed_never_changes(store: Store, amended: bool) -> None:
    store.add_report(report(1))
    final = signed(report(1))
    store.replace_draft_report(final)
    if amended:
        store.mark_amended(final.id)
        final = replace(final, state=ReportState.AMENDED)

    word = "amended" if amended else "signed"
    for attempt in (report(1, pdf=b"%PDF other"), signed(report(1), b"%PDF other"), final):
        with pytest.raises(ReportError, match=f"Version 1 is {word} and never changes"):
            store.replace_draft_report(attempt)
    assert store.report(final.id) == final


def test_amending_marks_the_old_version_and_adds_the_next(store: Store) -> None:
    store.add_report(report(1))
    store.replace_draft_report(signed(report(1)))
    second = replace(report(2), amendment_reason="wrong date")
    store.amend_report(ReportId("q1-file-1"), second)

    assert store.reports(S1) == [second, replace(signed(report(1)), state=ReportState.AMENDED)]


def test_amending_does_both_or_nothing(store: Store) -> None:
    store.add_report(report(1))
    store.replace_draft_report(signed(report(1)))
    with pytest.raises(ReportError, match="Version 1 of this report exists already"):
        store.amend_report(ReportId("q1-file-1"), replace(report(1), id=ReportId("new")))
    assert [r.state for r in store.reports(S1)] == [ReportState.SIGNED]


def test_only_a_signed_report_can_be_amended(store: Store) -> None:
    store.add_report(report(1))
    with pytest.raises(ReportError, match="Version 1 is draft; only a signed report"):
        store.mark_amended(ReportId("q1-file-1"))
    store.replace_draft_report(signed(report(1)))
    store.mark_amended(ReportId("q1-file-1"))
    with pytest.raises(ReportError, match="Version 1 is amended; only a signed report"):
        store.mark_amended(ReportId("q1-file-1"))
    with pytest.raises(NotFound, match="report does not exist"):
        store.mark_amended(ReportId("none"))


def test_a_fingerprint_must_fit(store: Store) -> None:
    wrong = replace(report(1), sha256="0" * 64)
    with pytest.raises(ReportError, match="fingerprint of the report is not that of its bytes"):
        store.add_report(wrong)
    store.add_report(report(1))
    with pytest.raises(ReportError, match="fingerprint of the report is not that of its bytes"):
        store.replace_draft_report(wrong)
    assert store.reports(S1) == [report(1)]


def test_file_and_patient_copies_are_counted_apart(store: Store) -> None:
    for audience in ("file", "patient"):
        store.add_report(report(1, audience=audience))
    with pytest.raises(ReportError, match="Version 1 of this report exists already"):
        store.add_report(replace(report(1), id=ReportId("new")))
    assert {r.audience for r in store.reports(S1)} == {"file", "patient"}


def test_reports_that_do_not_exist(store: Store) -> None:
    with pytest.raises(NotFound, match="report does not exist"):
        store.report(ReportId("none"))
    with pytest.raises(NotFound, match="report does not exist"):
        store.replace_draft_report(report(1))
    with pytest.raises(NotFound, match="recording does not exist"):
        store.add_report(report(1, session_number=9))
    assert store.reports(SessionId("none")) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reports SET pdf = 'other'::BLOB",
        "UPDATE reports SET sha256 = 'x'",
        "UPDATE reports SET state = 'draft'",
        "UPDATE reports SET signed_at = NULL",
        "UPDATE reports SET signed_by = NULL",
        "UPDATE reports SET state = 'final'",
    ],
)
def test_the_file_itself_refuses_a_changed_report(store: Store, sql: str) -> None:
    store.add_report(report(1))
    store.replace_draft_report(signed(report(1)))
    with pytest.raises(StoreError, match="CHECK constraint failed"), store._write() as cursor:
        cursor.execute(sql)
    assert store.report(ReportId("q1-file-1")) == signed(report(1))


def test_signed_reports_survive_opening_again(tmp_path: Path) -> None:
    path = tmp_path / "emocare.duckdb"
    with clinic(path) as store:
        store.add_report(report(1))
        store.replace_draft_report(signed(report(1)))
    with Store.open(path) as store:
        assert store.reports(S1) == [signed(report(1))]
        with pytest.raises(ReportError, match="never changes"):
            store.replace_draft_report(report(1))


def test_states_of_all_reports_at_once(store: Store) -> None:
    store.add_session(session(2))
    store.add_report(report(1))
    store.replace_draft_report(signed(report(1)))
    store.amend_report(ReportId("q1-file-1"), report(2))
    store.add_report(report(1, session_number=2, audience="patient"))

    assert store.report_states() == {S1: ReportState.DRAFT}
    assert store.report_states("patient") == {SessionId("s2"): ReportState.DRAFT}
