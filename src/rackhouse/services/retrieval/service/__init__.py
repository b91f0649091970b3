"""What is asked of collections, whoever asks and however: filling them, and searching in them."""
