"""Whom retrieval asks over HTTP: the gateway, and resolvers of references."""
