-- Times are instants (TIMESTAMPTZ). Foreign keys are left out on purpose: in DuckDB they turn
-- harmless updates into errors and stop back-ups; the store checks that a parent exists.

CREATE TABLE patients (
    id VARCHAR PRIMARY KEY,
    code VARCHAR NOT NULL CHECK (code <> ''),
    name VARCHAR NOT NULL,
    birth_date DATE,
    sex VARCHAR,
    clinician VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- consent, region and summary are JSON.
CREATE TABLE sessions (
    id VARCHAR PRIMARY KEY,
    patient_id VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    protocol VARCHAR NOT NULL,
    source_name VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (
        state IN ('queued', 'analysing', 'ready', 'failed', 'cancelled', 'interrupted')
    ),
    consent VARCHAR,
    region VARCHAR,
    clip_path VARCHAR,
    clip_deleted_at TIMESTAMPTZ,
    summary VARCHAR,
    error VARCHAR
);

-- One row per read frame; NULL is "not measured". landmarks_px holds 70 x, y pairs when kept.
CREATE TABLE readings (
    session_id VARCHAR NOT NULL,
    t_s DOUBLE NOT NULL,
    status VARCHAR NOT NULL,
    n_faces BIGINT NOT NULL,
    face_x1_px DOUBLE, face_y1_px DOUBLE, face_x2_px DOUBLE, face_y2_px DOUBLE,
    yaw_deg DOUBLE, pitch_deg DOUBLE, roll_deg DOUBLE,
    sharpness DOUBLE, brightness DOUBLE,
    eye_openness_left DOUBLE, eye_openness_right DOUBLE,
    p_neutral DOUBLE, p_happiness DOUBLE, p_surprise DOUBLE, p_sadness DOUBLE,
    p_anger DOUBLE, p_disgust DOUBLE, p_fear DOUBLE, p_contempt DOUBLE,
    valence DOUBLE, arousal DOUBLE,
    au01 DOUBLE, au02 DOUBLE, au04 DOUBLE, au05 DOUBLE, au06 DOUBLE, au07 DOUBLE,
    au09 DOUBLE, au10 DOUBLE, au12 DOUBLE, au14 DOUBLE, au15 DOUBLE, au17 DOUBLE,
    au20 DOUBLE, au24 DOUBLE, au26 DOUBLE, au28 DOUBLE, au45 DOUBLE,
    segment VARCHAR NOT NULL,
    track_id BIGINT NOT NULL,
    face_conf DOUBLE, second_face_ratio DOUBLE, gaze_down DOUBLE,
    mouth_occluded DOUBLE, eyes_occluded DOUBLE,
    clip_fraction DOUBLE, left_right_luminance_ratio DOUBLE,
    landmarks_px FLOAT[]
);

-- result is JSON in the shape of "score --json"; total stands apart for trends.
CREATE TABLE responses (
    id VARCHAR PRIMARY KEY,
    patient_id VARCHAR NOT NULL,
    session_id VARCHAR,
    instrument VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    answers INTEGER[] NOT NULL,
    difficulty INTEGER,
    total INTEGER,
    result VARCHAR NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL
);

-- A questionnaire while it is being answered; session_id is '' outside a session.
CREATE TABLE drafts (
    patient_id VARCHAR NOT NULL,
    session_id VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    content VARCHAR NOT NULL,
    PRIMARY KEY (patient_id, session_id, instrument)
);

-- raised -> acknowledged -> resolved; each state has exactly its own facts.
CREATE TABLE alerts (
    id VARCHAR PRIMARY KEY,
    patient_id VARCHAR NOT NULL,
    response_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('raised', 'acknowledged', 'resolved')),
    raised_at TIMESTAMPTZ NOT NULL,
    acknowledged_by VARCHAR,
    acknowledged_at TIMESTAMPTZ,
    resolved_by VARCHAR,
    resolved_at TIMESTAMPTZ,
    action VARCHAR,
    note VARCHAR,
    CHECK ((state = 'raised') = (acknowledged_at IS NULL)),
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL)),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
    CHECK ((resolved_at IS NULL) = (action IS NULL))
);

CREATE TABLE reviews (
    id VARCHAR PRIMARY KEY,
    session_id VARCHAR NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    impression VARCHAR,
    agreement VARCHAR,
    confounders VARCHAR[] NOT NULL,
    note VARCHAR NOT NULL,
    reviewer VARCHAR NOT NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    UNIQUE (session_id, version)
);

-- The fingerprint is checked on every write: a report whose bytes do not match cannot be stored.
CREATE TABLE reports (
    id VARCHAR PRIMARY KEY,
    session_id VARCHAR NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    state VARCHAR NOT NULL CHECK (state IN ('draft', 'signed', 'amended')),
    audience VARCHAR NOT NULL,
    pdf BLOB NOT NULL,
    sha256 VARCHAR NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    signed_by VARCHAR,
    signer_role VARCHAR,
    licence VARCHAR,
    signed_at TIMESTAMPTZ,
    amendment_reason VARCHAR,
    UNIQUE (session_id, audience, version),
    CHECK (sha256(pdf) = sha256),
    CHECK ((state = 'draft') = (signed_at IS NULL)),
    CHECK ((signed_at IS NULL) = (signed_by IS NULL))
);
