"""Rackhouse: your own cloud at home. Importing this package does nothing."""

__version__ = "0.1.0"
