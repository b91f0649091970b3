"""The command line: one file per command; each parses, calls one use case, prints.

No decision about a rack is made here. `main.py` is the only place that turns errors into words and
exit codes.
"""
