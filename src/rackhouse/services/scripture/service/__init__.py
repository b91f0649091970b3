"""What is asked of the texts, whoever asks and however."""
