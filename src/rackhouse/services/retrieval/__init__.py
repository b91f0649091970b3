"""Retrieval: collections of passages for any application, and what of them answers a query.

    api (parse, shape) -> service (ingest, search) -> store (PostgreSQL), clients (gateway)

`model` is the vocabulary, the cutting of texts and the ranking: pure, and knows none of them.
"""
