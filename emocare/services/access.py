"""Who may call what: one row for every public name of every service, and nothing without a row.

The columns: which roles, whose data it is about, and what of it is written to the log. Whether a
patient may be opened at all (their own rows, a physician's patients) is decided by
``Assignments.may_open``; an administrator's rows hold no clinical content, so that is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from emocare.domain.accounts import Role
from emocare.domain.audit import AuditKind


class Whose(Enum):
    """Where the patient comes from whom a call is about."""

    NOBODY = "nobody"
    PATIENT = "argument patient_id; without one the result is cut to who may be opened"
    SESSION = "argument session_id"
    SESSIONS = "argument sessions"
    ALERT = "argument alert_id"
    HELD = "patient_id or session_id of the first argument"
    RESULT = "the result, cut to who may be opened; a single record is refused"
    RESULT_OR_NONE = "the result; a record that may not be opened is None"


class Proof(Enum):
    """How fresh the password has to be that is asked for again."""

    ONCE = "just before the call, for this call alone"
    FIVE_MINUTES = "within the last five minutes"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row.

    Attributes:
        roles: Who may call it; empty: nobody, it is for the program itself.
        noted: What is written to the log after it, None when there is nothing to tell.
        assigns: Whether the physician who calls it becomes responsible for the patient in the
            result.
        proof: How fresh the password must be, None where being signed in is enough. The command
            line has no password.
    """

    roles: frozenset[Role]
    whose: Whose
    noted: AuditKind | None
    assigns: bool = False
    proof: Proof | None = None


_S, _P, _A = Role.PHYSICIAN, Role.PATIENT, Role.ADMINISTRATOR
_VIEW, _CHANGE, _EXPORT = AuditKind.VIEW, AuditKind.CHANGE, AuditKind.EXPORT
_ALERT, _SET = AuditKind.ALERT, AuditKind.CONFIGURATION
_W = Whose

_Row = tuple[str, tuple[Role, ...], Whose, AuditKind | None]

_PEOPLE: tuple[_Row, ...] = (
    ("people.add", (_S,), _W.NOBODY, _CHANGE),
    ("people.update", (_S,), _W.PATIENT, _CHANGE),
    ("people.get", (_S, _P), _W.PATIENT, _VIEW),
    ("people.by_code", (_S, _A), _W.RESULT, _VIEW),
    ("people.everybody", (_S,), _W.RESULT, _VIEW),
    ("people.matching", (_S,), _W.RESULT, None),
    ("people.overview", (_S,), _W.RESULT, _VIEW),
    ("people.next_steps", (_S,), _W.RESULT, None),
)
_RECORDINGS: tuple[_Row, ...] = (
    ("recordings.begin", (_S,), _W.PATIENT, _CHANGE),
    ("recordings.submit", (_S,), _W.PATIENT, _CHANGE),
    ("recordings.cancel", (_S,), _W.SESSION, _CHANGE),
    ("recordings.dismiss", (_S,), _W.SESSION, None),
    ("recordings.jobs", (_S,), _W.RESULT, None),
    ("recordings.session", (_S, _P), _W.SESSION, _VIEW),
    ("recordings.sessions", (_S,), _W.PATIENT, _VIEW),
    ("recordings.recent", (_S,), _W.RESULT, _VIEW),
    ("recordings.readings", (_S,), _W.SESSION, _VIEW),
    ("recordings.timeline", (_S,), _W.SESSION, _VIEW),
    ("recordings.recompute", (_S,), _W.SESSION, None),
    ("recordings.sequence", (_S,), _W.SESSION, _VIEW),
    ("recordings.clip", (_S,), _W.SESSION, _VIEW),
    ("recordings.still", (_S,), _W.SESSION, _VIEW),
    ("recordings.delete_clip", (_S,), _W.SESSION, _CHANGE),
    ("recordings.export", (_S,), _W.SESSION, _EXPORT),
    ("recordings.stage_upload", (_S,), _W.PATIENT, None),
    ("recordings.discard_upload", (_S,), _W.NOBODY, None),
    ("recordings.preview", (_S,), _W.NOBODY, None),
    ("recordings.samples", (_S,), _W.NOBODY, None),
    ("recordings.withdraw", (), _W.NOBODY, None),
    ("recordings.close", (), _W.NOBODY, None),
    ("live.start", (_S,), _W.PATIENT, _CHANGE),
    ("live.run", (_S,), _W.RESULT_OR_NONE, None),
    ("live.current", (_S,), _W.RESULT_OR_NONE, None),
    ("live.interrupted", (_S,), _W.RESULT, None),
    ("live.resume", (_S,), _W.SESSION, _CHANGE),
    ("live.close_interrupted", (_S,), _W.SESSION, _CHANGE),
    ("live.typical", (_S,), _W.NOBODY, None),
    ("live.markers", (_S,), _W.SESSION, _VIEW),
    ("live.add_marker", (_S,), _W.SESSION, _CHANGE),
    ("live.edit_marker", (_S,), _W.SESSION, _CHANGE),
    ("live.remove_marker", (_S,), _W.SESSION, _CHANGE),
    ("live.under_way", (), _W.NOBODY, None),
    ("live.recorded_by", (), _W.NOBODY, None),
    ("live.leave", (), _W.NOBODY, None),
    ("live.close", (), _W.NOBODY, None),
    ("person_marks.history", (_S,), _W.SESSION, _VIEW),
    ("person_marks.latest", (_S,), _W.SESSION, None),
    ("person_marks.mark", (_S,), _W.SESSION, _CHANGE),
    ("reanalyses.renewable", (_S,), _W.PATIENT, None),
    ("reanalyses.run", (_S,), _W.PATIENT, _CHANGE),
)
_ANSWERS: tuple[_Row, ...] = (
    ("questionnaires.offered", (_S, _P), _W.NOBODY, None),
    ("questionnaires.form", (_S, _P), _W.NOBODY, None),
    ("questionnaires.names", (_S, _P), _W.NOBODY, None),
    ("questionnaires.crisis_card", (_S, _P, _A), _W.NOBODY, None),
    ("questionnaires.staff_notes", (_S, _A), _W.NOBODY, None),
    ("questionnaires.draft", (_S, _P), _W.PATIENT, None),
    ("questionnaires.answer", (_S, _P), _W.HELD, _CHANGE),
    ("questionnaires.finish", (_S, _P), _W.HELD, _CHANGE),
    ("questionnaires.finish_left_alone", (_S,), _W.RESULT, _CHANGE),
    ("questionnaires.follow_ups", (_S, _P), _W.PATIENT, None),
    ("questionnaires.needed", (_S, _P), _W.SESSION, None),
    ("questionnaires.headline", (_S,), _W.SESSION, None),
    ("questionnaires.self_report", (_S,), _W.SESSION, None),
    ("questionnaires.of_session", (_S,), _W.SESSION, _VIEW),
    ("questionnaires.overlapping", (_S,), _W.SESSION, None),
    ("questionnaires.responses", (_S,), _W.PATIENT, _VIEW),
    ("questionnaires.open_visit", (_S, _P), _W.PATIENT, _CHANGE),
    ("questionnaires.todays_visit", (_S, _P), _W.PATIENT, None),
    ("journal.write", (_P,), _W.PATIENT, _CHANGE),
    ("journal.entries", (_P,), _W.PATIENT, _VIEW),
    ("journal.delete", (_P,), _W.PATIENT, _CHANGE),
    ("journal.not_about_me", (_P,), _W.PATIENT, _CHANGE),
    ("journal.shared_entries", (_S,), _W.PATIENT, _VIEW),
    ("journal.unshared_count", (_S,), _W.PATIENT, None),
    ("journal.said_not_about_me", (_S,), _W.HELD, None),
)
_CONSENT: tuple[_Row, ...] = (
    ("consents.text", (_S, _P), _W.NOBODY, None),
    ("consents.check", (_S,), _W.PATIENT, None),
    ("consents.adult_is_known", (_S,), _W.PATIENT, None),
    ("consents.standing", (_S, _P), _W.PATIENT, None),
    ("consents.history", (_S, _P), _W.PATIENT, _VIEW),
    ("consents.can_withdraw", (_S, _P), _W.PATIENT, None),
    ("consents.withdraw", (_S, _P), _W.PATIENT, _CHANGE),
    ("consents.share_journal", (_P,), _W.PATIENT, _CHANGE),
    ("consents.printed", (_S, _P), _W.PATIENT, _EXPORT),
)
_CARE: tuple[_Row, ...] = (
    ("alerts.ACTIONS", (_S,), _W.NOBODY, None),
    ("alerts.title", (_S,), _W.HELD, None),
    ("alerts.open", (_S,), _W.PATIENT, None),
    ("alerts.all", (_S,), _W.PATIENT, _VIEW),
    ("alerts.acknowledge", (_S,), _W.ALERT, _ALERT),
    ("alerts.resolve", (_S,), _W.ALERT, _ALERT),
    ("reviews.CONFOUNDERS", (_S,), _W.NOBODY, None),
    ("reviews.AGREEMENTS", (_S,), _W.NOBODY, None),
    ("reviews.latest", (_S,), _W.SESSION, _VIEW),
    ("reviews.save", (_S,), _W.SESSION, _CHANGE),
    ("care.add", (_S,), _W.PATIENT, _CHANGE),
    ("care.change", (_S,), _W.HELD, _CHANGE),
    ("care.change_dose", (_S,), _W.HELD, _CHANGE),
    ("care.end", (_S,), _W.HELD, _CHANGE),
    ("care.remove", (_S,), _W.HELD, _CHANGE),
    ("care.entries", (_S,), _W.PATIENT, _VIEW),
    ("care.history", (_S,), _W.PATIENT, _VIEW),
    ("care.treatments", (_S,), _W.PATIENT, _VIEW),
    ("care.plan", (_S, _P), _W.PATIENT, _VIEW),
    ("courses.of", (_S,), _W.PATIENT, _VIEW),
    ("courses.form", (_S,), _W.NOBODY, None),
    ("reports.current", (_S,), _W.SESSION, _VIEW),
    ("reports.draft", (_S,), _W.SESSION, _CHANGE),
    ("reports.versions", (_S,), _W.SESSION, _VIEW),
    ("reports.pages", (_S,), _W.HELD, None),
    ("reports.checklist", (_S,), _W.SESSION, None),
    ("reports.sign", (_S,), _W.SESSION, _CHANGE),
    ("reports.amend", (_S,), _W.SESSION, _CHANGE),
    ("reports.csv", (_S,), _W.SESSION, _EXPORT),
    ("exports.fhir", (_S,), _W.SESSION, _EXPORT),
    ("exports.tables", (_S,), _W.SESSION, _EXPORT),
    ("exports.write_report", (_S,), _W.SESSION, _EXPORT),
    ("exports.write_all", (_S,), _W.SESSIONS, _EXPORT),
    ("exports.write_person", (_S,), _W.PATIENT, _EXPORT),
)
_HOUSE: tuple[_Row, ...] = (
    ("references.census", (_A,), _W.NOBODY, None),
    ("references.build", (_A,), _W.NOBODY, _SET),
    ("references.fits", (_S, _A), _W.NOBODY, None),
    ("summaries.make", (_S, _A), _W.NOBODY, None),
    ("summaries.sequence", (_S, _A), _W.NOBODY, None),
    ("summaries.networks_installed", (_S, _A), _W.NOBODY, None),
    ("summaries.present", (_S, _A), _W.NOBODY, None),
    ("summaries.streams", (_S, _A), _W.NOBODY, None),
    ("vault.exists", (_A,), _W.NOBODY, None),
    ("vault.holder", (_A,), _W.NOBODY, None),
    ("vault.recovery_file", (), _W.NOBODY, None),
    ("vault.keys", (), _W.NOBODY, None),
    ("vault.make", (), _W.NOBODY, None),
    ("vault.state", (_A,), _W.NOBODY, None),
    ("vault.rotate", (), _W.NOBODY, None),
    ("vault.recover", (), _W.NOBODY, None),
    ("vault.adopt", (), _W.NOBODY, None),
    ("vault.remember", (), _W.NOBODY, None),
    ("vault.move", (), _W.NOBODY, None),
    ("vault.printed", (_A,), _W.NOBODY, _SET),
    ("backups.folder", (_A,), _W.NOBODY, None),
    ("backups.job", (_A,), _W.NOBODY, None),
    ("backups.begin", (_A,), _W.NOBODY, _EXPORT),
    ("backups.schedule", (_A,), _W.NOBODY, None),
    ("backups.fault", (_A,), _W.NOBODY, None),
    ("backups.make", (_A,), _W.NOBODY, _EXPORT),
    ("backups.all", (_A,), _W.NOBODY, None),
    ("backups.thin", (_A,), _W.NOBODY, _CHANGE),
    ("backups.due", (_A,), _W.NOBODY, None),
    ("backups.note_erased", (), _W.NOBODY, None),
    ("backups.start", (), _W.NOBODY, None),
    ("backups.stop", (), _W.NOBODY, None),
    ("data_life.hold", (_A,), _W.PATIENT, _CHANGE),
    ("data_life.lift", (_A,), _W.PATIENT, _CHANGE),
    ("data_life.holds", (_A,), _W.PATIENT, None),
    ("data_life.counts", (_A,), _W.PATIENT, None),
    ("data_life.erase", (_A,), _W.PATIENT, _CHANGE),
    ("data_life.finish", (), _W.NOBODY, None),
    ("data_life.expired", (_A,), _W.NOBODY, None),
    ("data_life.remove_expired", (_A,), _W.NOBODY, _CHANGE),
    ("system.doctor", (_S, _A), _W.NOBODY, None),
    ("startup.findings", (_S, _A), _W.NOBODY, None),
    ("startup.notice", (_S, _A), _W.NOBODY, None),
    ("startup.seen", (_S, _A), _W.NOBODY, None),
    ("startup.check", (_S, _A), _W.NOBODY, None),
    ("engine.check", (_S, _A), _W.NOBODY, None),
    ("engine.get", (_S, _A), _W.NOBODY, None),
    ("evidence.sheet", (_S, _A), _W.NOBODY, None),
    ("evidence.self_test", (_S, _A), _W.NOBODY, None),
    ("evidence.sequences", (_S, _A), _W.NOBODY, None),
    ("accounts.everybody", (_A,), _W.NOBODY, None),
    ("accounts.by_login", (_A,), _W.NOBODY, None),
    ("accounts.signed_in", (_A,), _W.NOBODY, None),
    ("accounts.add", (_A,), _W.NOBODY, _SET),
    ("accounts.set_roles", (_A,), _W.NOBODY, _SET),
    ("accounts.lock", (_A,), _W.NOBODY, _SET),
    ("accounts.unlock", (_A,), _W.NOBODY, _SET),
    ("accounts.reset", (_A,), _W.NOBODY, _SET),
    ("accounts.sign_out_everywhere", (_A,), _W.NOBODY, _SET),
    ("accounts.link", (_A,), _W.NOBODY, _SET),
    ("accounts.unlink", (_A,), _W.NOBODY, _SET),
    ("accounts.identities", (_A,), _W.NOBODY, None),
    ("assignments.may_open", (), _W.NOBODY, None),
    ("assignments.of", (_A,), _W.NOBODY, None),
    ("assignments.counts", (_A,), _W.NOBODY, None),
    ("assignments.codes", (_A,), _W.NOBODY, None),
    ("assignments.assign", (_A,), _W.NOBODY, _SET),
    ("assignments.unassign", (_A,), _W.NOBODY, _SET),
    ("assignments.emergencies", (_A,), _W.NOBODY, None),
    ("assignments.hides_somebody", (_S,), _W.NOBODY, None),
    ("assignments.open_in_emergency", (_S,), _W.NOBODY, AuditKind.EMERGENCY),
    ("own_account.get", (_S, _P, _A), _W.NOBODY, None),
    ("own_account.must_confirm", (_S, _P, _A), _W.NOBODY, None),
    ("own_account.confirm", (_S, _P, _A), _W.NOBODY, AuditKind.SIGN_IN),
    ("own_account.change_password", (_S, _P, _A), _W.NOBODY, _SET),
    ("own_account.new_secret", (_S, _P, _A), _W.NOBODY, None),
    ("own_account.picture", (_S, _P, _A), _W.NOBODY, None),
    ("own_account.use_authenticator", (_S, _P, _A), _W.NOBODY, _SET),
    ("own_account.drop_authenticator", (_S, _P, _A), _W.NOBODY, _SET),
    ("own_account.sign_out_everywhere", (_S, _P, _A), _W.NOBODY, _SET),
    ("audit.rows", (_A,), _W.NOBODY, _VIEW),
    ("audit.page", (_A,), _W.NOBODY, _VIEW),
    ("audit.chosen", (_A,), _W.NOBODY, _EXPORT),
    ("audit.everybody", (_A,), _W.NOBODY, None),
    ("audit.verify", (_A,), _W.NOBODY, None),
    ("audit.note", (), _W.NOBODY, None),
    ("audit.viewed", (), _W.NOBODY, None),
    ("audit.flush", (), _W.NOBODY, None),
    ("entrance.nobody_yet", (), _W.NOBODY, None),
    ("entrance.make_first", (), _W.NOBODY, None),
    ("entrance.sign_in", (), _W.NOBODY, None),
    ("entrance.give_code", (), _W.NOBODY, None),
    ("entrance.choose_password", (), _W.NOBODY, None),
    ("entrance.sign_in_with", (), _W.NOBODY, None),
    ("entrance.sign_out", (), _W.NOBODY, None),
    ("demo.last_visit", (_S, _P, _A), _W.NOBODY, None),
    ("demo.fill", (), _W.NOBODY, None),
    ("demo_entrance.is_open", (), _W.NOBODY, None),
    ("demo_entrance.enter", (), _W.NOBODY, None),
    ("entrance.hand_over", (), _W.NOBODY, None),
    ("entrance.take_back", (), _W.NOBODY, None),
    ("sign_ins.begin", (), _W.NOBODY, None),
    ("sign_ins.known", (), _W.NOBODY, None),
    ("sign_ins.handed_to", (), _W.NOBODY, None),
    ("sign_ins.hand", (), _W.NOBODY, None),
    ("sign_ins.touch", (), _W.NOBODY, None),
    ("sign_ins.end", (), _W.NOBODY, None),
    ("sign_ins.end_all", (), _W.NOBODY, None),
    ("sign_ins.counts", (), _W.NOBODY, None),
)
_ASSIGNS = ("people.add",)
_PROVED: Mapping[str, Proof] = {
    **dict.fromkeys(("reports.sign", "reports.amend"), Proof.FIVE_MINUTES),
    **dict.fromkeys((
        "assignments.open_in_emergency", "data_life.erase", "data_life.remove_expired",
        "accounts.add", "accounts.set_roles", "accounts.reset", "accounts.link",
        "exports.write_all", "exports.write_person", "backups.make",
    ), Proof.ONCE),
}  # fmt: skip

POLICY: Mapping[str, Rule] = MappingProxyType({
    name: Rule(frozenset(roles), whose, noted, name in _ASSIGNS, _PROVED.get(name))
    for name, roles, whose, noted in (
        *_PEOPLE, *_RECORDINGS, *_ANSWERS, *_CONSENT, *_CARE, *_HOUSE)
})
"""``service.name`` -> its row. The one table of the house on who may do what."""
