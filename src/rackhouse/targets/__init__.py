"""Targets: each looks at, makes and removes things of one kind of place. None knows another.

The seam is `targets.protocol.Target`; `targets.memory` is its shipped in-memory twin, which passes
the same test suite as the real ones.
"""
