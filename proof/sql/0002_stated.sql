-- What was stated of positions is read in their order, whatever the log was called.
CREATE INDEX checkpoint_position ON proof.checkpoint (position);
