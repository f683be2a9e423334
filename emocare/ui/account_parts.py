"""My account: password, authenticator, sign out everywhere."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from emocare.domain.errors import EmoCareError
from emocare.ui import context, demo
from emocare.ui.text import administration as text
from emocare.ui.text import demo as demo_words
from emocare.ui.wording import plain

SECRET = "account_secret"
"""Where the browser session keeps the secret of an authenticator that is being set up."""
SAID = "account_said"


def show() -> None:
    """Draws the page."""
    account = context.app().own_account.get()
    st.title(text.MY_ACCOUNT, anchor=False)
    st.markdown(text.SIGNED_IN_AS.format(
        login=plain(account.login), name=plain(account.full_name),
        roles=", ".join(text.ROLES[role] for role in sorted(account.roles)),
    ))  # fmt: skip
    if said := st.session_state.pop(SAID, None):
        st.success(said, icon=":material/check_circle:")
    if demo.is_on():
        st.caption(demo_words.NO_PASSWORD)
        return
    left, right = st.columns(2)
    with left:
        _password()
    with right:
        _authenticator(in_use=account.code_secret is not None)
        _everywhere()


def _password() -> None:
    with st.form("account_password", enter_to_submit=True):
        st.subheader(text.CHANGE, anchor=False)
        old = st.text_input(text.OLD, type="password", autocomplete="current-password")
        new = st.text_input(text.NEW, type="password", autocomplete="new-password", help=text.RULE)
        again = st.text_input(text.AGAIN, type="password", autocomplete="new-password")
        st.caption(text.RULE)
        if not st.form_submit_button(text.CHANGE, icon=":material/key:"):
            return
        if new != again:
            st.error(text.NOT_THE_SAME, icon=":material/error:")
            return
        own = context.app().own_account
        if done(lambda: own.change_password(old, new)):
            leave()


def _authenticator(*, in_use: bool) -> None:
    with st.container(border=True):
        st.subheader(text.SECOND, anchor=False)
        secret = st.session_state.get(SECRET)
        if secret is not None:
            _set_up(secret)
        elif in_use:
            st.markdown(text.SECOND_ON)
            password = st.text_input(text.PASSWORD, type="password", key="account_drop")
            own = context.app().own_account
            if st.button(text.DROP) and done(lambda: own.drop_authenticator(password)):
                _again(text.NOW_OFF)
        else:
            st.markdown(text.SECOND_OFF)
            if st.button(text.SET_UP, icon=":material/qr_code_2:"):
                st.session_state[SECRET] = context.app().own_account.new_secret()
                st.rerun()


def _set_up(secret: str) -> None:
    own = context.app().own_account
    st.markdown(text.SCAN)
    st.image(own.picture(secret), width=220)
    st.markdown(text.KEY.format(key=secret))
    code = st.text_input(text.FIGURES, key="account_code", max_chars=8)
    password = st.text_input(text.PASSWORD, type="password", key="account_code_password")
    with st.container(horizontal=True):
        use = st.button(text.USE, type="primary", key="account_use")
        cancel = st.button(text.CANCEL, key="account_cancel")
    if cancel:
        st.session_state.pop(SECRET)
        st.rerun()
    if use and done(lambda: own.use_authenticator(password, secret, code)):
        st.session_state.pop(SECRET)
        _again(text.NOW_ON)


def _everywhere() -> None:
    with st.container(border=True):
        st.subheader(text.EVERYWHERE, anchor=False)
        st.caption(text.EVERYWHERE_SAID)
        if st.button(text.EVERYWHERE, icon=":material/logout:", key="account_everywhere"):
            context.app().own_account.sign_out_everywhere()
            leave()


def leave() -> None:
    """Goes to the sign-in; nothing of this session holds any more. Does not return."""
    st.html("<script>window.location.replace('/sign-in?why=out')</script>",
            unsafe_allow_javascript=True)  # fmt: skip
    st.stop()


def done(change: Callable[[], object]) -> bool:
    """Does what a button asks for; says under it why not, where it is refused."""
    try:
        change()
    except EmoCareError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    return True


def _again(said: str) -> None:
    st.session_state[SAID] = said
    st.rerun()
