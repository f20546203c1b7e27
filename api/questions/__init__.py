"""The read side: questions, clocks, who may see which rows. No HTTP, no terminal, no page."""
