"""`python -m rackhouse.targets.embedded.valkey USERS ADMIN COMMAND...`: Valkey with its users.

Valkey keeps its users in the file USERS, which must be there, and rewrites it when one changes. So
this writes the administrator's line, with the password from RACKHOUSE_PASSWORD, leaves the others
as they are, and becomes the server. Another password is thus in force from the next start on.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from rackhouse.kit.errors import RackhouseError
from rackhouse.kit.files import read_text, write_atomic
from rackhouse.kit.process import become


def users_file(before: str, admin: str, password: str) -> str:
    """The users of `before`, the administrator as given; nobody else comes in without a name."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    ours = (f"user {admin} ", "user default ")
    others = [line for line in before.splitlines() if line and not line.startswith(ours)]
    first = ["user default off", f"user {admin} on #{digest} ~* &* +@all"]
    return "\n".join([*first, *others]) + "\n"


def main() -> int:
    """Does not return when all is well. Exit codes are those of `kit.errors`."""
    users, admin, *command = sys.argv[1:]
    password = os.environ.pop("RACKHOUSE_PASSWORD")
    try:
        path = Path(users)
        before = read_text(path) or ""
        after = users_file(before, admin, password)
        if after != before:
            write_atomic(path, after)
        become(command)
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
