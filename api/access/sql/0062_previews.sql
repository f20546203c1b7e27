-- A small picture of a photo, made by the phone that sent it: to look at in a list, and no evidence. It goes with the photo.
CREATE TABLE office.evidence_preview (
    sha256  bytea PRIMARY KEY REFERENCES office.evidence ON DELETE CASCADE,
    account text COLLATE "C" NOT NULL,
    octets  bytea NOT NULL CHECK (octet_length(octets) BETWEEN 1 AND 65536)
);

GRANT SELECT, INSERT ON office.evidence_preview TO dudao_app;
