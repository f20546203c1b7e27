-- Whether a new key ends all that the ones before it have signed: it does after a theft. Else the one
-- before is good to verify what it signed, for as long as that lasts.
ALTER TABLE vault.key_fingerprint ADD COLUMN ends_earlier boolean NOT NULL DEFAULT true;
