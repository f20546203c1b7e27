"""Whether the ledger can be believed: its log for anybody, its witnesses, and what verification said."""
