"""References as people write them, read: a text becomes tokens, tokens become ranges of verses.

`parse.parse` reads a text that is a reference and nothing else; `find.find` looks for them in
prose.
"""
