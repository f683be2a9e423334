"""The consent in the hands of the patient: no navigation, nobody else's data, help at the foot."""

from emocare.ui import context

context.require(context.CLINICIAN, context.IN_CARE)

from emocare.ui import frame, patient_consent

with frame.guard():
    patient = context.current_patient()
    if patient is None:
        context.go(context.HOME)
    else:
        patient_consent.show(patient)
