"""The only writer: entries in one gapless order, hashed, append-only."""
