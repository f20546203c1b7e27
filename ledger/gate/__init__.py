"""From untrusted input to a command: the one gate, with every fault at once."""
