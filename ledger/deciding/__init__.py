"""Commands decided on facts of one position: alone, many at once, or in batches."""
