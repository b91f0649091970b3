"""Texts of one's own: folders and zips of USFM, USX and OSIS files, each one translation."""
