"""The parts of a rack of one: PostgreSQL, Valkey, SeaweedFS, Traefik, the console. Pure.

Each module answers the resources of one part, the place that other resources live in, and what
applications need to reach it. Flags, ports and pitfalls are here and nowhere else.
"""
