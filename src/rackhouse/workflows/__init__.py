"""What a workflow file says: triggers, jobs, steps. Pure: runs nothing, and reads no file itself.

The syntax is GitHub's, as Gitea runs it. What Rackhouse cannot do is refused here, with its line,
before anything runs.

`read_workflow` makes a `Workflow` of a text, `triggered` says whether an event runs it, and
`refusals` what of it this rack cannot do. docs/reference/workflows.md says it feature by feature.
"""

from rackhouse.workflows.read import read_workflow
from rackhouse.workflows.refusals import refusals
from rackhouse.workflows.trigger import Triggered, triggered, workflow_files

__all__ = ["Triggered", "read_workflow", "refusals", "triggered", "workflow_files"]
