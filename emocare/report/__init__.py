"""The report of one session as a PDF that can be filed, printed and handed to the patient."""
