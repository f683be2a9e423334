"""Log: what was done, by whom, when; checked and taken away."""

from emocare.ui import context

context.require(context.ADMINISTRATOR)

from emocare.ui import frame, log_parts

with frame.guard():
    log_parts.show()
