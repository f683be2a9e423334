"""My account: the password, the authenticator, sign out everywhere."""

from emocare.ui import context

context.require(context.CLINICIAN, context.IN_CARE, context.ADMINISTRATOR)

from emocare.ui import account_parts, frame

with frame.guard():
    account_parts.show()
