"""Collections that are too large to be held with their vectors: PostgreSQL finds what is near, by
an index that was compared with exact search before it answers.

    keeper (builds, drops) -> gate (compares);  far (asks for a search) -> held
"""
