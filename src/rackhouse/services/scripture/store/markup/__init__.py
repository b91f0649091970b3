"""Formats in which texts are marked up: each is read into what a verse is composed of."""
