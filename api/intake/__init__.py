"""What comes in as files: sheets, lines, evidence, and the operations that take them."""
