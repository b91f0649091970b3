"""Runs what a push brings: one program in a sandbox, or the jobs of its workflow files by act.

sandbox     one program apart from the machine     act        workflow files, a job a sandbox
isolation   what this machine allows for that      services   postgres and redis for one run
inside      the program that shuts the doors       actions    ours, for those everyone uses
"""

from rackhouse.delivery.runner.isolation import Isolation, isolation
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.sandbox import sandboxed

__all__ = ["Isolation", "Limits", "isolation", "sandboxed"]
