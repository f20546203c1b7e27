"""What is supervised and by which rules: pure, on the standard library alone."""
