-- What was signed about the ledger, and by whom. The signer keeps its own last checkpoint outside the
-- database; these rows are what is handed out, and what `verify` holds the ledger against.
CREATE SCHEMA proof;

CREATE TABLE proof.log_key (
    vkey           text COLLATE "C" PRIMARY KEY,
    origin         text COLLATE "C" NOT NULL,
    first_position bigint NOT NULL,           -- size of the first checkpoint that it signed
    reason         text,                      -- why there is a new origin, where there is one
    kept_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE proof.checkpoint (
    number     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin     text COLLATE "C" NOT NULL,
    position   bigint NOT NULL CHECK (position >= 0),
    root       bytea NOT NULL CHECK (octet_length(root) = 32),
    signatures text NOT NULL,                 -- lines of the signed note, by the log
    kept_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (origin, position)
);

CREATE TABLE proof.cosignature (
    origin   text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    vkey     text COLLATE "C" NOT NULL,
    at       timestamptz NOT NULL,            -- as the witness states it
    line     text NOT NULL,
    kept_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (origin, position, vkey, at),
    FOREIGN KEY (origin, position) REFERENCES proof.checkpoint (origin, position)
);
CREATE INDEX cosignature_vkey ON proof.cosignature (vkey, origin, position);

-- The policy that the signer works by: which witnesses it asks, and how many have to agree.
CREATE TABLE proof.policy (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    text    text NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['log_key', 'checkpoint', 'cosignature', 'policy'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON proof.%I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse()', name);
        EXECUTE format('ALTER TABLE proof.%I ENABLE ALWAYS TRIGGER refuse_change', name);
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA proof TO dudao_app;
GRANT SELECT, INSERT ON proof.log_key, proof.checkpoint, proof.cosignature, proof.policy TO dudao_app;
