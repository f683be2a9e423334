"""Change over time: totals, face, care and re-analysis of one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from emocare.app import App, workplace_of
from emocare.domain.care import (
    CareKind,
    Diagnosis,
    Goal,
    LifeEvent,
    Medication,
    Step,
    Therapy,
    Visit,
    VisitState,
)
from emocare.domain.errors import InputError
from emocare.domain.records import Patient, SessionRecord
from emocare.domain.summary import Band, GateDecision, ModelRef
from emocare.services.course import Courses
from emocare.services.face_course import BreakKind, face_course
from tests.ui.scenes import Scene, readings
from tests.ui.year import NEW_ENGINE, OLD_ENGINE, Year, odd_course, whole_year

TODAY = date.today()


@pytest.fixture
def scene(app: App) -> Scene:
    return Scene(app)


@pytest.fixture
def template(scene: Scene) -> SessionRecord:
    return scene.session(scene.patient("T-9", "Template"), readings(120), name="t.mp4")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# Totals


def test_a_whole_year_in_figures(scene: Scene, patient: Patient) -> None:
    whole_year(scene, patient)
    course = scene.app.courses.of(patient.id)
    assert [one.instrument for one in course.instruments] == ["PHQ-9", "GAD-7"]
    phq, gad = course.instruments
    assert [p.total for p in phq.points] == [19, 18, 20, 16, 14, 15, 11, 12, 13]
    assert phq.change is not None and gad.change is not None
    assert (phq.change.delta, phq.change.counts) == (-6, True)
    assert (gad.change.delta, gad.change.counts) == (-5, True)
    assert phq.change.flags == ("IMPROVEMENT_MCID",)
    assert (len(course.answered_days), course.missed) == (9, 1)
    assert course.next_visit is not None and course.next_visit.on > TODAY


def test_response_and_remission_count_from_the_first_total(scene: Scene, patient: Patient) -> None:
    year = Year(scene.app, patient)
    for days, total in ((60, 18), (30, 8), (1, 4)):
        year.answer("PHQ-9", total, days)
    change = scene.app.courses.of(patient.id).instruments[0].change
    assert change is not None
    assert change.flags == ("IMPROVEMENT_MCID", "RESPONSE_50", "REMISSION")


def test_one_total_is_no_change(scene: Scene, patient: Patient) -> None:
    Year(scene.app, patient).answer("PHQ-9", 12, 1)
    one = scene.app.courses.of(patient.id).instruments[0]
    assert (len(one.points), one.change, one.overlapping) == (1, None, ())


def test_forms_that_hide_something_are_marked(scene: Scene, patient: Patient) -> None:
    odd_course(scene, patient)
    phq = scene.app.courses.of(patient.id).instrument("PHQ-9")
    assert phq is not None
    assert [p.total for p in phq.points] == [12, 13, None, 8, 7]
    assert phq.points[1].prorated and phq.points[1].possible_range == (10, 16)
    assert [p.total for p in phq.scored] == [12, 13, 8, 7]
    ((first, second),) = phq.overlapping
    assert (second - first) < timedelta(days=7)


def test_a_prorated_end_makes_the_change_uncertain(scene: Scene, patient: Patient) -> None:
    year = Year(scene.app, patient)
    year.answer("PHQ-9", 18, 60)
    year.answer("PHQ-9", 6, 10, missing=1)
    change = scene.app.courses.of(patient.id).instruments[0].change
    assert change is not None and change.uncertain


def test_reliable_change_needs_the_sites_norms(scene: Scene, patient: Patient) -> None:
    year = Year(scene.app, patient)
    year.answer("PHQ-9", 18, 60)
    year.answer("PHQ-9", 12, 10)
    change = scene.app.courses.of(patient.id).instruments[0].change
    assert change is not None and (change.rci, change.reliable) == (None, False)
    workplace = replace(workplace_of(scene.app.settings), norms="PHQ-9 5.0 0.84")
    change = Courses(scene.app._store, workplace).of(patient.id).instruments[0].change
    # By hand: -6 / (5 x 1.41421 x sqrt(0.16)) = -6 / 2.82843.
    assert change is not None and (change.rci, change.reliable) == (-2.12, True)


def test_a_clinic_without_faces_shows_none(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    Year(scene.app, patient).session(template, 1, 40.0, 9.0)
    workplace = replace(workplace_of(scene.app.settings), facial_module_enabled=False)
    course = Courses(scene.app._store, workplace).of(patient.id)
    assert (course.face.points, course.hidden) == ((), 0)


def test_a_form_with_scales_has_a_course_for_each(scene: Scene, patient: Patient) -> None:
    year = Year(scene.app, patient)
    for days, points in ((60, 40), (10, 21)):
        year.answer("DASS-21", points, days)
    course = scene.app.courses.of(patient.id)
    assert [one.instrument for one in course.instruments] == [
        "DASS-21 depression", "DASS-21 anxiety", "DASS-21 stress"]  # fmt: skip
    for one in course.instruments:
        form = scene.app.courses.form(one)
        assert (form.name, form.highest) == (one.instrument, 42)
        assert all(p.total is not None for p in one.points)
        assert one.change is not None and not one.change.counts


# Face


def test_the_line_breaks_at_the_engine_and_at_an_unreliable_session(
    scene: Scene, patient: Patient
) -> None:
    whole_year(scene, patient)
    face = scene.app.courses.of(patient.id).face
    runs = [p.run for p in face.points]
    assert runs[0] == runs[1] == runs[2] == runs[3]
    assert (face.points[4].value, runs[4]) == (None, None)
    assert runs[5] not in (runs[3], runs[6])
    assert runs[6] == runs[7] == runs[8]
    (broken,) = face.breaks
    assert (broken.kinds, broken.value) == ((BreakKind.ENGINE,), "1.3")
    assert broken.at == face.points[6].at


def test_change_of_the_face_is_within_the_newest_engine(scene: Scene, patient: Patient) -> None:
    whole_year(scene, patient)
    face = scene.app.courses.of(patient.id).face
    assert face.change is not None and face.first is not None and face.last is not None
    assert (face.comparable, face.first.value, face.last.value) == (3, 40.0, 38.0)
    # sqrt(9^2 + 11^2)
    assert face.change.needed == pytest.approx(14.2127, abs=1e-4)
    assert not face.change.changed


@pytest.mark.parametrize(("last", "changed"), [(54.1, False), (54.3, True), (25.7, True)])
def test_change_counts_beyond_both_uncertainties(
    scene: Scene, patient: Patient, template: SessionRecord, last: float, changed: bool
) -> None:
    year = Year(scene.app, patient)
    sessions = [year.session(template, 60, 40.0, 9.0), year.session(template, 30, 44.0, 10.0),
                year.session(template, 1, last, 11.0)]  # fmt: skip
    change = face_course(sessions).change
    assert change is not None and change.changed is changed


def test_two_comparable_sessions_say_nothing(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    year = Year(scene.app, patient)
    year.session(template, 30, 40.0, 9.0)
    year.session(template, 1, 60.0, 9.0)
    face = scene.app.courses.of(patient.id).face
    assert (face.comparable, face.change) == (2, None)


def test_a_limited_session_stands_alone(scene: Scene, patient: Patient) -> None:
    odd_course(scene, patient)
    face = scene.app.courses.of(patient.id).face
    limited = face.points[2]
    assert (limited.gate, limited.value, limited.run) == (GateDecision.LIMITED, 47.0, None)


def test_another_task_is_named_before_its_analysis(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    year = Year(scene.app, patient)
    before = year.session(template, 9, 40.0, 9.0)
    after = year.session(template, 8, 40.0, 9.0, protocol="guided", analysis="1" * 64)
    (broken,) = face_course([before, after]).breaks
    assert (broken.kinds, broken.value) == ((BreakKind.TASK,), "guided")


def test_a_camera_is_another_source_than_a_file(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    year = Year(scene.app, patient)
    file, other = year.session(template, 9, 40.0, 9.0), year.session(template, 8, 40.0, 9.0)
    assert other.summary is not None
    camera = replace(other.summary, source=replace(other.summary.source, path="camera"),
                     models=(ModelRef("face", "9", "ab" * 32),))  # fmt: skip
    (broken,) = face_course([file, replace(other, summary=camera)]).breaks
    assert broken.kinds == (BreakKind.SOURCE, BreakKind.ENGINE)


def test_the_face_stays_hidden_until_an_impression_is_noted(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    year = Year(scene.app, patient)
    noted = year.session(template, 9, 40.0, 9.0)
    year.session(template, 8, 44.0, 9.0)
    assert scene.app.courses.of(patient.id, blind_first=True).hidden == 2
    scene.app.reviews.save(noted.id, Band.MILD, None, (), "")
    course = scene.app.courses.of(patient.id, blind_first=True)
    assert course.hidden == 1
    assert [p.session_id for p in course.face.points] == [noted.id]
    assert scene.app.courses.of(patient.id).hidden == 0


# Re-analysis


def test_renewing_keeps_the_sessions_own_summary(scene: Scene, patient: Patient) -> None:
    odd_course(scene, patient)
    app = scene.app
    before = {s.id: s.summary for s in app.recordings.sessions(patient.id)}
    assert [b.kinds for b in app.courses.of(patient.id).face.breaks] == [(BreakKind.ANALYSIS,)]
    waiting = app.reanalyses.renewable(patient.id)
    assert len(waiting) == 2
    seen: list[tuple[int, int]] = []
    assert app.reanalyses.run(patient.id, lambda done, count: seen.append((done, count))) == 2
    assert seen == [(0, 2), (1, 2)]
    assert {s.id: s.summary for s in app.recordings.sessions(patient.id)} == before
    course = app.courses.of(patient.id)
    assert course.face.breaks == ()
    renewed = [p for p in course.face.points if p.reanalysed]
    assert {p.session_id for p in renewed} == {s.id for s in waiting}
    assert app.reanalyses.renewable(patient.id) == []


def test_readings_that_are_gone_cannot_be_renewed(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    Year(scene.app, patient).session(template, 9, 40.0, 9.0, analysis="1" * 64)
    assert scene.app.reanalyses.renewable(patient.id) == []


def test_another_network_stays_incomparable_after_renewing(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    year = Year(scene.app, patient)
    year.session(template, 9, 40.0, 9.0, model=OLD_ENGINE, analysis="1" * 64, rows=readings(70))
    year.session(template, 8, 40.0, 9.0, model=NEW_ENGINE)
    assert scene.app.reanalyses.run(patient.id) == 1
    (broken,) = scene.app.courses.of(patient.id).face.breaks
    assert broken.kinds == (BreakKind.ENGINE,)


def test_a_mark_of_the_wrong_person_is_stronger_than_a_reanalysis(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    old = Year(scene.app, patient).session(template, 9, 40.0, 9.0, analysis="1" * 64,
                                           rows=readings(120))  # fmt: skip
    scene.app.reanalyses.run(patient.id)
    scene.app.person_marks.mark(old.id, wrong=True)
    (point,) = scene.app.courses.of(patient.id).face.points
    assert (point.value, point.gate) == (None, GateDecision.UNRELIABLE)


def test_a_signed_report_keeps_its_summary(
    scene: Scene, patient: Patient, template: SessionRecord
) -> None:
    app = scene.app
    record = Year(app, patient).session(template, 9, 40.0, 9.0, rows=readings(70))
    app.recordings.recompute(record.id)
    own = app.recordings.session(record.id).summary
    app.reviews.save(record.id, Band.NORMAL, None, (), "")
    app.reports.draft(record.id)
    app.reports.sign(record.id, "Dr Test", "Physician", "1")
    with pytest.raises(InputError, match="signed report rests on this summary"):
        app.recordings.recompute(record.id)
    assert app.recordings.session(record.id).summary == own


# Care


def test_a_new_dose_ends_the_old_one_the_day_before(app: App, patient: Patient) -> None:
    begun = app.care.add(patient.id, Medication("sertraline", "50 mg", ago(60)))
    app.care.change_dose(begun, " 100 mg ", ago(20))
    assert [e.content for e in app.care.treatments(patient.id)] == [
        Medication("sertraline", "50 mg", ago(60), ago(21)),
        Medication("sertraline", "100 mg", ago(20)),
    ]
    with pytest.raises(InputError, match="begins after"):
        app.care.change_dose(app.care.treatments(patient.id)[1], "150 mg", ago(20))


def test_changing_ending_and_removing_are_versions(app: App, patient: Patient) -> None:
    entry = app.care.add(patient.id, Therapy("CBT", ago(60)))
    entry = app.care.change(entry, Therapy("CBT, weekly", ago(60)))
    entry = app.care.end(entry, ago(1))
    app.care.remove(entry)
    assert app.care.entries(patient.id) == []
    history = app.care.history(patient.id)
    assert [(e.version, e.removed) for e in history] == [(4, True), (3, False), (2, False),
                                                         (1, False)]  # fmt: skip
    assert {e.saved_by for e in history} == {"Dr Test"}


@pytest.mark.parametrize("content", [Goal("Walk"), Visit(TODAY), LifeEvent("Moved", TODAY)])
def test_what_has_no_last_day_cannot_end(
    app: App, patient: Patient, content: Goal | Visit | LifeEvent
) -> None:
    entry = app.care.add(patient.id, content)
    with pytest.raises(InputError, match="no last day"):
        app.care.end(entry, TODAY)


def test_only_a_medication_has_a_dose(app: App, patient: Patient) -> None:
    entry = app.care.add(patient.id, Diagnosis("GAD", None, ago(9)))
    with pytest.raises(InputError, match="Only a medication"):
        app.care.change_dose(entry, "5 mg", TODAY)


def test_what_became_of_visits(app: App, patient: Patient) -> None:
    Year(app, patient).answer("PHQ-9", 12, 30)
    for days, state in ((30, VisitState.PLANNED), (20, VisitState.PLANNED), (10, VisitState.KEPT),
                        (9, VisitState.CANCELLED), (8, VisitState.MISSED), (0, VisitState.PLANNED),
                        (-9, VisitState.PLANNED)):  # fmt: skip
        app.care.add(patient.id, Visit(ago(days), state=state))
    course = app.courses.of(patient.id)
    assert [(v.state, v.noted) for v in course.visits] == [
        (VisitState.KEPT, False), (VisitState.MISSED, False), (VisitState.KEPT, True),
        (VisitState.CANCELLED, True), (VisitState.MISSED, True), (VisitState.PLANNED, False),
        (VisitState.PLANNED, False),
    ]  # fmt: skip
    assert course.missed == 2
    assert course.next_visit == Visit(TODAY)


def test_a_goal_is_removed_with_its_steps(app: App, patient: Patient) -> None:
    goal = app.care.add(patient.id, Goal("See my sister"))
    other = app.care.add(patient.id, Goal("Sleep"))
    step = app.care.add(patient.id, Step(goal.id, "Call her"))
    app.care.change(step, Step(goal.id, "Call her", TODAY))
    (first, _) = app.care.plan(patient.id).goals
    assert [s.content for s in first.steps] == [Step(goal.id, "Call her", TODAY)]
    app.care.remove(goal)
    assert [g.entry.id for g in app.care.plan(patient.id).goals] == [other.id]
    assert app.care.entries(patient.id, CareKind.STEP) == []
    with pytest.raises(InputError, match="does not exist any more"):
        app.care.add(patient.id, Step(goal.id, "Too late"))


def test_an_empty_course_says_so(app: App, patient: Patient) -> None:
    assert app.courses.of(patient.id).empty
    app.care.add(patient.id, LifeEvent("Moved", TODAY))
    assert not app.courses.of(patient.id).empty
