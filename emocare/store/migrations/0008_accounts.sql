-- Who may use this installation, what they may open, and the log of what was done.
-- No table has a key: the engine deletes and re-inserts rows with an indexed column. What has to
-- be unique is checked under the write lock.

CREATE TABLE accounts (
    id VARCHAR NOT NULL,
    login VARCHAR NOT NULL,
    full_name VARCHAR NOT NULL,
    roles VARCHAR NOT NULL,                 -- separated by commas
    patient_id VARCHAR,                     -- of a patient's account
    password VARCHAR NOT NULL,              -- argon2id, with its salt and parameters
    must_change BOOLEAN NOT NULL,           -- a password that somebody else has set
    locked BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    code_secret VARCHAR,                    -- of the authenticator, where one is in use
    code_step BIGINT NOT NULL               -- the newest time step that was used
);

CREATE TABLE sign_ins (
    token_hash VARCHAR NOT NULL,            -- SHA-256 of a token that only the browser has
    account_id VARCHAR NOT NULL,
    began_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sign_in_failures (
    name_hash VARCHAR NOT NULL,             -- of a name as typed, whether anybody has it or not
    failures INTEGER NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL              -- nothing is tried before
);

CREATE TABLE assignments (
    account_id VARCHAR NOT NULL,
    patient_id VARCHAR NOT NULL,
    since TIMESTAMPTZ NOT NULL
);

CREATE TABLE emergency_access (
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    patient_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL
);

CREATE TABLE audit (
    number BIGINT NOT NULL,                 -- 1, 2, 3 ... without a gap
    at_us BIGINT NOT NULL,                  -- microseconds since 1970, UTC
    who VARCHAR NOT NULL,                   -- an account, or the command line and its user
    kind VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    record VARCHAR NOT NULL,                -- identifiers only
    previous VARCHAR NOT NULL,              -- hash of the row before
    hash VARCHAR NOT NULL                   -- SHA-256 over the previous hash and this row
);
