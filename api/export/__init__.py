"""Rows as files: CSV, XLSX, Parquet, NDJSON."""
