"""What an application becomes on each target, told from its files: which line makes which things.

Reads what `desired` and `desired.kube` work out from the same files, and says it in words; it
decides nothing. `model` has the values, `words` every sentence, `told` gathers, `embedded` and
`kube` know a target each. Pure.
"""

from rackhouse.desired.explain.explain import Files, explain
from rackhouse.desired.explain.model import Explanation, Story, Target

__all__ = ["Explanation", "Files", "Story", "Target", "explain"]
