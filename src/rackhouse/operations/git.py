"""Git on this machine pushes to the rack's forge without a password: `rackhouse token git`.

The token lies in the state folder, in a file of git's own `store` helper, and on no command line;
one marked block in the user's git configuration says so, for the forge's addresses alone.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import write_atomic
from rackhouse.kit.paths import Paths
from rackhouse.operations.address import port
from rackhouse.operations.trust.blocks import put, take
from rackhouse.operations.trust.shells import escaped, git_file
from rackhouse.resources.core import Hidden

if TYPE_CHECKING:
    from rackhouse.apply.open import OpenRack


def git_origin(house: OpenRack, *, plain: bool = False) -> str:
    """Where git finds the forge: by name with TLS, or (`plain`) by address without.

    HostError where there is no git, and so no forge; Missing before the first `up` with it.
    """
    if not house.facts.tools.git:
        fix = "install git (Debian: apt install git), then run `rackhouse up`"
        raise HostError("git is not on this machine, so the rack has no repositories", fix=fix)
    number = port(house, "forge")
    if plain:
        return f"http://localhost:{number}"
    return f"https://git.{house.rack.domain}:{port(house, 'https')}"


def remember(home: Path, house: OpenRack, person: str, token: Hidden) -> Path:
    """Let the git of the user whose home that is show the token; where it was written down."""
    origins = [git_origin(house), git_origin(house, plain=True)]
    file = _credentials(house.paths)
    lines = [_line(origin, person, token) for origin in origins]
    write_atomic(file, "".join(f"{line}\n" for line in lines))
    helper = escaped(f"store --file={shlex.quote(str(file))}")
    # The empty one keeps helpers of other sites, which would copy the token, from being asked.
    blocks = (f'[credential "{origin}"]\n\thelper =\n\thelper = "{helper}"' for origin in origins)
    put(git_file(home), _block(house), "\n".join(blocks))
    return file


def forget(home: Path, house: OpenRack) -> None:
    """Undo `remember`."""
    take(git_file(home), _block(house))
    _credentials(house.paths).unlink(missing_ok=True)


def _line(origin: str, person: str, token: Hidden) -> str:
    """As git's `store` helper writes it."""
    scheme, _, host = origin.partition("://")
    return f"{scheme}://{person}:{token.reveal()}@{quote(host, safe='')}"


def _credentials(paths: Paths) -> Path:
    return paths.root / "git-credentials"


def _block(house: OpenRack) -> str:
    return f"{house.rack.name}.git"
