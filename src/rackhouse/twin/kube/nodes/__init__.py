"""Machines of the twin, which run nothing: who fits where, and how what they are told turns out."""
