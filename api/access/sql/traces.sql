-- Doors that nobody recorded to have opened: each row is named by `verify` and `doctor`.
SELECT '+ demonstration account ' || d.account || ': nobody recorded that anybody may be it'
  FROM office.demo d
 WHERE NOT EXISTS (SELECT FROM office.access_log l
                    WHERE l.account = 'dudao demo' AND l.action = 'account-added'
                      AND split_part(l.object, ' ', 1) = d.account)
 ORDER BY 1
