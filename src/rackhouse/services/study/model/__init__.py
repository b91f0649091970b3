"""What a question, its evidence and its answer are. Pure: no clock, no network, no files."""
