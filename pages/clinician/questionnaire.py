"""Questionnaire: hand the device over, then one person and one question at a time."""

from emocare.ui import context

context.require(context.CLINICIAN)

from emocare.ui import form_run, frame, hand_over, kiosk

with frame.guard():
    run = form_run.current()
    if run is not None:
        kiosk.show(run)
    else:
        hand_over.show()
