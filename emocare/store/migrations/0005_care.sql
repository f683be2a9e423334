-- Care over time. Rows are only added: a change or a removal is a new version of the entry, and
-- the newest version counts. content is JSON in the shape of domain/care_json.py.
CREATE TABLE care (
    id VARCHAR NOT NULL,
    patient_id VARCHAR NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    kind VARCHAR NOT NULL CHECK (
        kind IN ('diagnosis', 'medication', 'therapy', 'event', 'visit', 'goal', 'step')
    ),
    content VARCHAR NOT NULL,
    removed BOOLEAN NOT NULL,
    saved_by VARCHAR NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL
);

-- Summaries of stored readings under a later method, beside the one of the session: that one may
-- be in a signed report and stays as it is. Rows are only added.
CREATE TABLE reanalyses (
    session_id VARCHAR NOT NULL,
    config_hash VARCHAR NOT NULL,
    summary VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);

-- The gate's word stands apart from the summary, so that lists of everybody need not read it.
ALTER TABLE sessions ADD COLUMN gate VARCHAR;
UPDATE sessions SET gate = json_extract_string(summary, '$.gate.decision')
WHERE summary IS NOT NULL;
