"""What every page has: frame, forms, lists, clocks."""
