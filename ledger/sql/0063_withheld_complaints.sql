-- A complaint is withheld from whom it is about as a visit to come is: the index holds it too.
DROP INDEX ledger.entry_withheld;
CREATE INDEX entry_withheld ON ledger.entry (subject, position)
    WHERE type IN ('inspection.inspection-dispatched/1', 'application.evaluation-scored/1',
                   'application.evaluation-score-revised/1', 'complaint.complaint-received/1');
