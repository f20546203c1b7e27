"""Sheets as offices save them."""
