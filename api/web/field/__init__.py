"""Spot checks on the spot (现场): the checklist, the list of the day, the form without a script."""
