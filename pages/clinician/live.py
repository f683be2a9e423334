"""Live: a session with the camera, from consent and check to the review."""

from emocare.ui import context

context.require(context.CLINICIAN)

from emocare.ui import live_session, live_start, live_state

run = live_state.conducted()
if run is None:
    live_start.show()
else:
    live_session.show(run)
