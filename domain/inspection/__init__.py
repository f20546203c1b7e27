"""Draws, dispatches and spot checks (四, 双随机)."""
