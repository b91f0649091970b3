"""The canon: 66 books, what they are called, and how many verses each chapter has."""
