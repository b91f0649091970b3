"""The words by which a user of a server is made. Pure."""

from __future__ import annotations

import hashlib

from rackhouse.resources.cache import COMMANDS, pattern


def rules(prefix: str, password: str) -> tuple[str, ...]:
    """The words of ACL SETUSER, for a user that is made anew. The password is given as a digest."""
    own = pattern(prefix)
    digest = hashlib.sha256(password.encode()).hexdigest()
    return ("reset", "on", f"#{digest}", f"~{own}", f"&{own}", *COMMANDS)
