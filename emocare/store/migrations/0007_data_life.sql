-- A legal hold keeps a person's data from being erased or removed. Lifting it fills in the rest.
CREATE TABLE legal_holds (
    patient_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason <> ''),
    set_by VARCHAR NOT NULL,
    set_at TIMESTAMPTZ NOT NULL,
    lifted_by VARCHAR,
    lifted_at TIMESTAMPTZ,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);

-- Who was erased: an identifier that says nothing of a person, and counts. An older back-up that
-- is restored loses the same people again. finished: no block of the file holds them any more.
CREATE TABLE erasures (
    patient_id VARCHAR NOT NULL,
    erased_by VARCHAR NOT NULL,
    erased_at TIMESTAMPTZ NOT NULL,
    counts VARCHAR NOT NULL,
    finished BOOLEAN NOT NULL
);
