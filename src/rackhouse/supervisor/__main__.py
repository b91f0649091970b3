"""`python -m rackhouse.supervisor ROOT`: keep the units of that state folder, until SIGTERM.

Exit code 0 when it was told to stop, 4 when another one runs already.
"""

from __future__ import annotations

import sys


def _main() -> int:
    # asyncio does without TLS where there is none, and no probe needs it: 4 MB, on a small board.
    sys.modules["ssl"] = None  # type: ignore[assignment]  # the documented way to hide a module
    from rackhouse.supervisor.daemon import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(_main())
