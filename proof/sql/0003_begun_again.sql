-- After a restore that lost entries the log goes on under another name. What was signed before, under which
-- name and how far, is known to the signer alone: the restored database may have forgotten it.
ALTER TABLE proof.log_key
    ADD COLUMN former          text COLLATE "C",  -- name of the log before
    ADD COLUMN former_position bigint;            -- size of the last tree that was signed under it
