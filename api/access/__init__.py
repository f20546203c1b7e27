"""The way in: accounts, passwords, second factors, sessions, one-time links, and the access log."""
