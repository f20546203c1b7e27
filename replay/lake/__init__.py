"""The tables in two times as files: typed Parquet, in buckets by subject, with a manifest."""
