"""What differs between two bases: lines, counts, and the latest changes of the roster."""
