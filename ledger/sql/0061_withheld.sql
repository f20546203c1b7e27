-- What the enterprise that it is about may not see yet is asked for with every question of its reporter.
CREATE INDEX entry_withheld ON ledger.entry (subject, position)
    WHERE type IN ('inspection.inspection-dispatched/1', 'application.evaluation-scored/1',
                   'application.evaluation-score-revised/1');
