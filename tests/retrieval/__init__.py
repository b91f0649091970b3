"""How good the ranking is, measured: for the gates of CI and for benchmarks/retrieval.py.

corpus (verses as passages), vectors (kept), queries -> measuring -> metrics -> floors
"""
