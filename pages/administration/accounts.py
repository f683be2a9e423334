"""Accounts: who may sign in, and what they may do."""

from emocare.ui import context

context.require(context.ADMINISTRATOR)

from emocare.ui import accounts_parts, frame

with frame.guard():
    accounts_parts.show()
