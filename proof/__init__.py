"""Why anyone should believe the rest: verification, by what the ledger alone says."""
