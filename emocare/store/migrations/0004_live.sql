-- excluded: left out by the clinician; it follows from the markers that leave out an interval.
ALTER TABLE readings ADD COLUMN excluded BOOLEAN DEFAULT false;

-- live: recorded from a camera here.
ALTER TABLE sessions ADD COLUMN live BOOLEAN DEFAULT false;

CREATE TABLE markers (
    id VARCHAR PRIMARY KEY,
    session_id VARCHAR NOT NULL,
    t_s DOUBLE NOT NULL,
    until_s DOUBLE,
    kind VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    CHECK (until_s IS NULL OR until_s >= t_s)
);
