"""Fixtures of every test; here, because pytest takes plugins only from the topmost conftest."""

pytest_plugins = ["tests.postgres"]
