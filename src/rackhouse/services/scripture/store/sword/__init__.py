"""Modules of the SWORD project, as they lie on a disk: their own files, read by block."""
