-- What came long after its day is counted over tens of thousands of positions: from this index alone,
-- of which a page holds twenty times as many entries as a page of the table.
CREATE INDEX entry_late ON ledger.entry (position) INCLUDE (recorded_at, valid_from, district)
    WHERE (recorded_at AT TIME ZONE 'Asia/Shanghai')::date - valid_from > 7;
-- An index answers alone where a vacuum has passed: here soon after the append, not at a fifth more.
ALTER TABLE ledger.entry SET (autovacuum_vacuum_insert_scale_factor = 0.01);
