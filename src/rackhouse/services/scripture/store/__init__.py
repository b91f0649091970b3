"""The texts: taken out of the packages that bring them, kept as one file, read at the start."""
