"""Views of now: rows versioned by position."""
