"""Who the holders are: beside the ledger, one key for each person."""
