"""Pages for who watches the whole: overview, flags, comparison, entries, integrity."""
