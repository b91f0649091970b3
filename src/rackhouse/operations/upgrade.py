"""A newer Rackhouse takes over the rack that an older one keeps.

Parts and the console are planned anew like anything else: their version is among what they are
started with. The supervisor is in no plan: it is replaced here, and what it keeps runs on.
"""

from __future__ import annotations

import signal
import time

from rackhouse.kit.errors import NotReady
from rackhouse.kit.paths import Paths
from rackhouse.kit.version import code_version
from rackhouse.store.lock import hold
from rackhouse.supervisor import table
from rackhouse.supervisor.client import start
from rackhouse.supervisor.lock import holder, version_of_holder

_PATIENCE = 10.0  # seconds in which a killed process is gone


def replace_older_supervisor(paths: Paths) -> bool:
    """Put one of this version in the place of a supervisor of another; whether there was one.

    It is killed and not stopped: a supervisor that is stopped takes its units with it, one that was
    killed leaves them to the next. Locked while another command changes the rack.
    """
    old = holder(paths.supervisor_lock)
    if old is None or version_of_holder(paths.supervisor_lock) == code_version():
        return False
    with hold(paths.lock, "replace the supervisor", time.time()):
        table.send(old, signal.SIGKILL)
        deadline = time.monotonic() + _PATIENCE
        while holder(paths.supervisor_lock) is not None:
            if time.monotonic() > deadline:
                raise NotReady(
                    f"the older supervisor, process {old.pid}, does not end",
                    fix="look at it with `ps`; is its disk still there?",
                )
            time.sleep(0.01)
        start(paths)
    return True
