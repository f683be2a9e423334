"""Entry of the application: page settings, the role of this workstation, the list of pages."""

from emocare.ui import context, frame

frame.set_up()
context.enter(context.CLINICIAN)
frame.run()
