"""How other editions count verses, a row a book: `3:2-9 3:1`, theirs and then ours."""
