-- What somebody took away who switched the guards off for a moment: each row is named by `verify` and `doctor`.
SELECT '- person ' || h.subject_id || ': entries name them, the vault does not hold them, nobody recorded an erasure'
  FROM (SELECT DISTINCT substr(tag, 8) AS subject_id
          FROM ledger.entry e CROSS JOIN unnest(e.tags) AS tag
         WHERE e.type LIKE 'certificate.certificate-issued/%' AND tag LIKE 'holder:%') h
 WHERE NOT EXISTS (SELECT FROM vault.person p WHERE p.subject_id = h.subject_id)
   AND NOT EXISTS (SELECT FROM vault.access a WHERE a.subject_id = h.subject_id AND a.act = 'erase')
   AND NOT EXISTS (SELECT FROM ledger.entry r WHERE r.stream = 'person/' || h.subject_id)
 UNION ALL
SELECT DISTINCT '- person ' || a.subject_id || ': taken out of the vault by ' || a.actor
  FROM vault.access a WHERE a.act = 'erase' AND a.actor LIKE 'login %'
 ORDER BY 1
