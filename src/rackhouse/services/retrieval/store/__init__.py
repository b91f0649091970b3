"""All SQL of retrieval, and its migrations as numbered files. Decides nothing."""
