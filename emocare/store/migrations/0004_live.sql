-- excluded: left out by the clinician; it follows from the markers that leave out an interval.
ALTER TABLE readings ADD COLUMN excluded BOOLEAN DEFAULT false;

-- live: recorded from a camera here.
ALTER TABLE sessions ADD COLUMN live BOOLEAN DEFAULT false;

-- Rows are only added: a changed or removed marker is a new version, and the newest counts.
CREATE TABLE markers (
    id VARCHAR NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    removed BOOLEAN NOT NULL,
    session_id VARCHAR NOT NULL,
    t_s DOUBLE NOT NULL,
    until_s DOUBLE,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (id, version),
    CHECK (until_s IS NULL OR until_s >= t_s)
);
