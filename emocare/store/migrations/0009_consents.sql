-- What people agreed to and took back; lines are only ever added. A session also holds the consent
-- it was recorded under. No key, as in 0008.
CREATE TABLE consents (
    patient_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,                  -- given or withdrawn
    version VARCHAR NOT NULL,               -- of the consent text
    uses VARCHAR NOT NULL,                  -- separated by commas
    noted_at TIMESTAMPTZ NOT NULL,          -- when it was given or taken back
    noted_by VARCHAR NOT NULL,
    who VARCHAR NOT NULL,                   -- the account, as the log names it
    by_patient BOOLEAN NOT NULL,
    adult BOOLEAN NOT NULL,                 -- confirmed by the clinician
    reason VARCHAR NOT NULL                 -- of a withdrawal; may be empty
);
