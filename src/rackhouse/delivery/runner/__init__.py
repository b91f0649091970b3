"""Runs what a push brings: one program in a sandbox, or the jobs of its workflow files by act.

sandbox     one program apart from the machine     act         workflow files, each in a sandbox
inside      the program that shuts the doors       speech      what act says, for the log
isolation   what this machine allows for that      services    `services:`, by parts of the rack
watch       what a job uses, all together          standins    our actions, in `actions/`
"""

from rackhouse.delivery.runner.act import run_workflows
from rackhouse.delivery.runner.artifacts import artifacts, prune_artifacts
from rackhouse.delivery.runner.checkout import Checkout
from rackhouse.delivery.runner.isolation import Isolation, isolation
from rackhouse.delivery.runner.limits import Limits
from rackhouse.delivery.runner.mask import masker
from rackhouse.delivery.runner.sandbox import sandboxed

__all__ = [
    "Checkout",
    "Isolation",
    "Limits",
    "artifacts",
    "isolation",
    "masker",
    "prune_artifacts",
    "run_workflows",
    "sandboxed",
]
