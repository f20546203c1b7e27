"""The rows of each view: how they follow from a file, and how they are asked for."""
