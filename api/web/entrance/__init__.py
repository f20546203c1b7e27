"""Pages of the way in: sign-in, accounts, the access log."""
