"""The rack file in the cluster's own Gitea: each pull request is answered with its plan, and what
is merged is applied. It is asked every so often: nobody has to reach this machine.

    follow    one look: what is to be answered, what is to be applied
    whole     plans and applies of a folder, about all of the rack
    remote    what is asked of Gitea             shown     a plan as a comment
    memory    what was shown and applied, in the store
"""

from rackhouse.delivery.following.follow import Follower
from rackhouse.delivery.following.whole import Desk

__all__ = ["Desk", "Follower"]
