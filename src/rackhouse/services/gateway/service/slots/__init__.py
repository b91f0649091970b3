"""Turns at upstreams that serve few at a time: a GPU answers two or three requests at once."""
