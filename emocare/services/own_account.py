"""What somebody who is signed in does with their own account."""

from __future__ import annotations

from dataclasses import replace

from emocare.domain.accounts import Account
from emocare.domain.errors import AccessDenied, InputError
from emocare.services import acting, authenticator, passwords
from emocare.services.access import POLICY
from emocare.services.confirmations import WRONG, Confirmations
from emocare.services.lockout import Lockout
from emocare.services.passwords import Passwords
from emocare.services.sign_ins import SignIns
from emocare.services.workplace import now
from emocare.store import Store


class OwnAccount:
    """Of who acts now, and of nobody else. Any thread."""

    def __init__(
        self, store: Store, hasher: Passwords, sign_ins: SignIns, lockout: Lockout,
        confirmations: Confirmations,
    ) -> None:  # fmt: skip
        self._store = store
        self._passwords = hasher
        self._sign_ins = sign_ins
        self._lockout = lockout
        self._confirmations = confirmations

    @property
    def must_confirm(self) -> bool:
        """Whether the password is asked for again before what should not happen by accident."""
        return self._confirmations.must_confirm

    def confirm(self, typed: str, name: str) -> None:
        """Proves once more who is there, for one function, by which this is not checked again.

        Args:
            typed: The password, or the code of the authenticator.
            name: Of the function in the table of who may do what; one that needs it.

        Raises:
            AccessDenied: It is wrong, or was tried too often.
            InputError: The function needs no proof.
        """
        actor, rule = acting.current(), POLICY.get(name)
        if actor is None or rule is None or rule.proof is None:
            raise InputError(f"{name} asks for no password.")
        self._confirmations.check(self.get(), typed)
        self._confirmations.give(actor, name, rule.proof)

    def get(self) -> Account:
        """The account of who is signed in."""
        return self._store.account(acting.account_id())

    def change_password(self, old: str, new: str) -> None:
        """Sets another password and signs out everywhere, here too.

        Raises:
            AccessDenied: The old one is wrong, or was tried too often.
            InputError: The new one cannot be used.
        """
        account = self._proved(old)
        passwords.check(new, account.login)
        if old == new:
            raise InputError("That is the password you have. Choose another one.")
        self._store.update_account(replace(account, password=self._passwords.hash(new)))
        self._sign_ins.end_all(account.id)

    def new_secret(self) -> str:
        """A secret for an authenticator that is not in use yet."""
        return authenticator.new_secret()

    def picture(self, secret: str) -> str:
        """The QR code of a secret, as SVG."""
        return authenticator.picture(secret, self.get().login)

    def use_authenticator(self, password: str, secret: str, code: str) -> None:
        """From now on signing in asks for a code too.

        Raises:
            AccessDenied: The password is wrong, or was tried too often.
            InputError: The code is not the one of this secret.
        """
        account = self._proved(password)
        step = authenticator.step_of(secret, code, 0, now().timestamp())
        if step is None:
            raise InputError(
                "The code does not fit. Type the one that the authenticator shows now, and check "
                "that the clocks of both devices are right."
            )
        self._store.update_account(replace(account, code_secret=secret, code_step=step))

    def drop_authenticator(self, password: str) -> None:
        """Signing in asks for no code any more.

        Raises:
            AccessDenied: The password is wrong, or was tried too often.
        """
        self._store.update_account(replace(self._proved(password), code_secret=None, code_step=0))

    def sign_out_everywhere(self) -> int:
        """Ends every sign-in of this account, this one too; how many there were."""
        return self._sign_ins.end_all(acting.account_id())

    def _proved(self, password: str) -> Account:
        """The account, after its password was given; wrong ones count as at the sign-in."""
        account = self.get()
        self._lockout.require_free(account.login)
        if not self._passwords.fits(password, account.password):
            self._lockout.failed(account.login)
            raise AccessDenied(WRONG)
        self._lockout.forget(account.login)
        return account
