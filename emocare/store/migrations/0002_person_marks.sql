-- What a clinician said of who was recorded. Rows are only added: taking a mark back adds one.
CREATE TABLE person_marks (
    session_id VARCHAR NOT NULL,
    wrong BOOLEAN NOT NULL,
    marked_by VARCHAR NOT NULL,
    marked_at TIMESTAMPTZ NOT NULL
);
