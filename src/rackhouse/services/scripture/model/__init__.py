"""The vocabulary of scripture: books, verses, references. Pure: no file, clock or network."""
