-- Flags sorted by the days of their records, page by page, whichever come first.
SET ROLE dudao_app;
CREATE INDEX flags_day ON projections.flags (day, record, code, key);
CREATE INDEX flags_day ON projections_next.flags (day, record, code, key);
RESET ROLE;
