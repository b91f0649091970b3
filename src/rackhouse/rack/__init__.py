"""The rack file: parsed with line numbers into a frozen model, and every rule about it.

Pure: text in, `Rack` or `FileError` (all problems at once) out.
"""
