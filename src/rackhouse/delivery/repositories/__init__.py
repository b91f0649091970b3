"""Repositories: bare git repositories that belong to this rack, and what may be done to them.

    manage    made, described, protected, removed      git       one repository, read
    names     what may be called how                   judge     which pushes are taken
    settings  how git is told to behave here           size      how much room one has
    rename    given another name                       upkeep    packing and tidying up

They start git and nothing else. They speak no HTTP: that is `forge`.
"""

from rackhouse.delivery.repositories.git import Git
from rackhouse.delivery.repositories.manage import change, create, known, remove, summary
from rackhouse.delivery.repositories.names import folder_of
from rackhouse.delivery.repositories.rename import mend, rename

__all__ = ["Git", "change", "create", "folder_of", "known", "mend", "remove", "rename", "summary"]
