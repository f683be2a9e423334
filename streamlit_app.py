"""Entry of the application: page settings, who is signed in, the list of their pages."""

from emocare.ui import frame

frame.set_up()
frame.run()
