"""Who acts during a call of a service: set by the guard, asked by what signs things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from emocare.domain.accounts import AccountId, Actor
from emocare.domain.errors import AccessDenied

_actor: ContextVar[Actor | None] = ContextVar("emocare_actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything called inside is done by this person; of this thread only."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current() -> Actor | None:
    """Who acts in this thread now, None outside of any guarded call."""
    return _actor.get()


def account_id() -> AccountId:
    """The account of who acts.

    Raises:
        AccessDenied: Nobody is signed in, as on the command line.
    """
    actor = _actor.get()
    if actor is None or actor.account_id is None:
        raise AccessDenied("This is for somebody who is signed in. Open Emo-Care in a browser.")
    return actor.account_id
