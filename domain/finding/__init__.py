"""Findings, their rectification and the measures taken (四, 七)."""
