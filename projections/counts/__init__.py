"""Counts over the rows: sums by block, ages, stages, one enterprise at a glance."""
