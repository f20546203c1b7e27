"""The log itself: entries in one order, hashed, appended, followed, verified."""
