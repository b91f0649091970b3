"""What a rack remembers: stamps, chosen values (vault, ports), applications, releases, journal.

SQLite beside the console (`sqlite.py`), with a shipped in-memory twin (`memory.py`) that passes the
same tests; both are `protocol.Store`. The lock is a flock (`lock.py`), so that a dead process
cannot hold it.
"""
