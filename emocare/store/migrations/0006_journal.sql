-- What a patient wrote, in the patient's own hands: a deleted entry is a deleted row. An alert
-- that an entry raised stands in the table alerts, with response_id '', and stays when the entry
-- is deleted. day is the day in the clinic's own calendar.
CREATE TABLE journal (
    id VARCHAR NOT NULL,
    patient_id VARCHAR NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    text VARCHAR NOT NULL CHECK (text <> ''),
    shared BOOLEAN NOT NULL,
    not_about_me BOOLEAN NOT NULL,
    alert_id VARCHAR
);
