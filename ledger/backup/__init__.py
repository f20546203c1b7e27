"""A ledger in one file, and back."""
