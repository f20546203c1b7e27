"""Every address under `/v1`, by what it is about."""
