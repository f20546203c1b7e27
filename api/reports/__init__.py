"""督导报告: what the ledger knows of one enterprise at one basis, as a document to print and file."""
