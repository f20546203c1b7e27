"""Which release this is."""

VERSION = "0.1.0"
"""As in pyproject.toml: a checkout that nobody installed has no other way to know."""
