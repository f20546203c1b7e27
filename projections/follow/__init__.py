"""Who follows the ledger: runner, catch-up, rebuild, and the tables that they write."""
