"""Data: back-ups, key, retention, legal holds and erasure, while the app runs."""

from emocare.ui import context

context.require(context.ADMINISTRATOR)

from emocare.ui import data_parts, frame

with frame.guard():
    data_parts.show()
