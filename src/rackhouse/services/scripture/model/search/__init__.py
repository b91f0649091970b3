"""Searching by words: `query` reads what is asked, `index` knows where the words of a text are."""
