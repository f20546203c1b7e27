"""Import of files: line by line, resumable, exactly once."""
