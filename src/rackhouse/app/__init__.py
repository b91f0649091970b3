"""Applications: `score.yaml` files (score.dev), or what a folder without one implies, and releases.

Pure but for `sources.py`, `tree.py` and `snapshot.py`, which read and copy folders. Knows no
target: what a `postgres` is provided by, `desired.provision` says.
"""
