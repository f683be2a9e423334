"""Accounts: who may sign in, what they may do, for whom they are responsible."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from emocare.domain.accounts import Account, Identity, Role
from emocare.domain.errors import EmoCareError
from emocare.services.accounts import Handed
from emocare.ui import confirm, context, providers
from emocare.ui.account_parts import done
from emocare.ui.text import administration as text
from emocare.ui.text import entry as more
from emocare.ui.wording import plain, when

HANDED = "accounts_handed"
"""Where the browser session keeps a password that was just made, until it is passed on."""
STAFF = (Role.PHYSICIAN, Role.ADMINISTRATOR)


def show() -> None:
    """Draws the page."""
    st.title(text.ACCOUNTS, anchor=False)
    handed = st.session_state.get(HANDED)
    if isinstance(handed, Handed):
        _hand(handed)
    every = context.app().accounts.everybody()
    _table(every)
    left, right = st.columns(2)
    with left:
        _change(every)
    with right:
        _add()
    _emergencies(every)


def _hand(handed: Handed) -> None:
    with st.container(border=True):
        st.markdown(text.HANDED.format(login=plain(handed.account.login),
                                       password=handed.password))  # fmt: skip
        st.caption(text.HANDED_SAID)
        if st.button(text.HANDED_OK, key="accounts_handed_ok"):
            st.session_state.pop(HANDED)
            st.rerun()


def _table(every: Sequence[Account]) -> None:
    app = context.app()
    signed_in, patients = app.accounts.signed_in(), app.assignments.counts()
    rows = [
        (a.full_name, a.login, _roles(a), text.STATES[_state(a)],
         text.IN_USE if a.code_secret else "", signed_in.get(a.id, 0), patients.get(a.id, 0))
        for a in every
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=list(text.COLUMNS)), hide_index=True, width="stretch")


def _change(every: Sequence[Account]) -> None:
    accounts = context.app().accounts
    with st.container(border=True):
        names = {a.id: a for a in every}
        account = names[st.selectbox(
            text.CHOOSE, list(names), key="accounts_which",
            format_func=lambda one: f"{names[one].full_name} ({names[one].login})",
        )]  # fmt: skip
        typed = confirm.field("accounts_password", more.ACCOUNT_AGAIN_HELP)
        with st.container(horizontal=True):
            lock = st.button(text.UNLOCK if account.locked else text.LOCK, key="accounts_lock")
            reset = st.button(text.RESET, icon=":material/key:", key="accounts_reset")
            out = st.button(text.OUT_EVERYWHERE, key="accounts_out")
        if lock:
            _then_again(lambda: accounts.unlock(account.id) if account.locked
                        else accounts.lock(account.id))  # fmt: skip
        if reset:
            _then_hand(lambda: accounts.reset(account.id), typed, "accounts.reset")
        if out:
            _then_again(lambda: accounts.sign_out_everywhere(account.id))
        if account.patient_id is None:
            _roles_of(account, typed)
            if Role.PHYSICIAN in account.roles:
                _responsible(account)
        _linked(account, typed)


def _linked(account: Account, typed: str) -> None:
    """Sign-in through a provider, where one is configured."""
    if why := providers.fault():
        st.warning(more.INCOMPLETE.format(why=plain(why)), icon=":material/warning:")
    offered = {one.issuer: one for one in providers.offered()}
    if not offered:
        return
    accounts = context.app().accounts
    held = accounts.identities().get(account.id)
    if held is not None:
        at = offered[held.issuer].label if held.issuer in offered else held.issuer
        st.markdown(more.LINKED_NOW.format(provider=plain(at),
                                           identity=plain(held.subject or held.email)))
        if st.button(more.UNLINK, key="accounts_unlink"):
            _then_again(lambda: accounts.unlink(account.id))
        return
    with st.expander(more.LINKED.format(provider=", ".join(p.label for p in offered.values()))):
        st.caption(more.LINKED_SAID)
        issuer = next(iter(offered))
        if len(offered) > 1:
            issuer = st.segmented_control(more.PROVIDER_CHOICE, list(offered), default=issuer,
                                          required=True, key="accounts_issuer",
                                          format_func=lambda one: offered[one].label)
        email = st.text_input(more.LINKED_EMAIL, help=more.LINKED_EMAIL_HELP, max_chars=255,
                              key=f"accounts_email_{account.id}")  # fmt: skip
        subject = st.text_input(more.LINKED_SUBJECT, max_chars=255,
                                key=f"accounts_subject_{account.id}")  # fmt: skip
        if st.button(more.LINK, disabled=not (email or subject), key="accounts_link"):
            _then_again(lambda: accounts.link(account.id, Identity(issuer, subject, email)), typed,
                        "accounts.link")  # fmt: skip


def _roles_of(account: Account, typed: str) -> None:
    chosen = st.pills(text.ROLE, STAFF, selection_mode="multi", default=sorted(account.roles),
                      format_func=lambda role: text.ROLES[role],
                      key=f"accounts_roles_{account.id}")  # fmt: skip
    if st.button(text.KEEP_ROLES, disabled=not chosen, key="accounts_roles_save"):
        _then_again(lambda: context.app().accounts.set_roles(account.id, chosen), typed,
                    "accounts.set_roles")  # fmt: skip


def _responsible(account: Account) -> None:
    app = context.app()
    code = st.text_input(text.IN_CARE, placeholder=text.PATIENT_CODE, key="accounts_patient",
                         help=text.IN_CARE_SAID)  # fmt: skip
    with st.container(horizontal=True):
        give = st.button(text.ASSIGN, disabled=not code, key="accounts_assign")
        take = st.button(text.UNASSIGN, disabled=not code, key="accounts_unassign")
    if give:
        _then_again(lambda: app.assignments.assign(account.id, app.people.by_code(code).id))
    if take:
        _then_again(lambda: app.assignments.unassign(account.id, app.people.by_code(code).id))


def _add() -> None:
    with st.form("accounts_add", clear_on_submit=False):
        st.subheader(text.ADD, anchor=False)
        name = st.text_input(text.NAME, help=text.NAME_HELP, max_chars=120)
        login = st.text_input(text.LOGIN, max_chars=40)
        roles = st.pills(text.ROLE, list(Role), selection_mode="multi",
                         format_func=lambda role: text.ROLES[role])  # fmt: skip
        code = st.text_input(text.PATIENT_CODE, help=text.PATIENT_CODE_HELP, max_chars=60)
        typed = confirm.field("accounts_add_password")
        if st.form_submit_button(text.MAKE, type="primary", icon=":material/person_add:"):
            _then_hand(lambda: _made(login, name, roles, code), typed, "accounts.add")


def _made(login: str, name: str, roles: Sequence[Role], code: str) -> Handed:
    app = context.app()
    patient_id = app.people.by_code(code).id if code.strip() else None
    return app.accounts.add(login, name, roles, patient_id)


def _emergencies(every: Sequence[Account]) -> None:
    app = context.app()
    st.subheader(text.EMERGENCIES, anchor=False)
    grants = app.assignments.emergencies()
    if not grants:
        st.caption(text.NO_EMERGENCIES)
        return
    names, codes = {a.id: a.full_name for a in every}, app.assignments.codes()
    rows = [
        (when(g.opened_at), names.get(g.account_id, g.account_id),
         codes.get(g.patient_id, g.patient_id), g.reason, when(g.until))
        for g in grants
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows, columns=list(text.EMERGENCY_COLUMNS)), hide_index=True,
                 width="stretch")  # fmt: skip


def _roles(account: Account) -> str:
    return ", ".join(text.ROLES[role] for role in sorted(account.roles))


def _state(account: Account) -> str:
    if account.locked:
        return "locked"
    return "new" if account.must_change else ""


def _then_again(change: Callable[[], object], typed: str = "", name: str = "") -> None:
    if done(lambda: (name and confirm.given(typed, name), change())):
        st.toast(text.DONE, icon=":material/check_circle:")
        st.rerun()


def _then_hand(make: Callable[[], Handed], typed: str, name: str) -> None:
    try:
        confirm.given(typed, name)
        st.session_state[HANDED] = make()
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.rerun()
