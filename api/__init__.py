"""The outside: HTTP, pages, imports and the command line."""
