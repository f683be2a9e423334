"""Accounts: who may sign in, and what they may do."""

from emocare.ui import context

context.require(context.ADMINISTRATOR)

from emocare.ui import accounts_parts, frame, start_notice

with frame.guard():
    start_notice.show()
    accounts_parts.show()
