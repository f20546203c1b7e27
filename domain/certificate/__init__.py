"""Certificates: what was issued, and what became of it (七(二))."""
