-- Accounts that sign in through a provider of the clinic, and devices in the hands of a patient.

CREATE TABLE identities (
    account_id VARCHAR NOT NULL,
    issuer VARCHAR NOT NULL,                -- address of the provider, as its tokens name it
    subject VARCHAR,                        -- the provider's own name of the person, once known
    email VARCHAR,                          -- lower case; holds until the subject is known
    linked_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE sign_ins ADD COLUMN handed_to VARCHAR;
