"""The loop with a language model: turns, tools, and what of its words may leave."""
