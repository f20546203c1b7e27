-- A small picture is its sender's word: whoever sent the same photo before decides nothing for another sender.
ALTER TABLE office.evidence_preview DROP CONSTRAINT evidence_preview_pkey, ADD PRIMARY KEY (sha256, account);
