"""How an application that runs in a working folder is told from others. Pure.

The mark is an annotation that no file can have: `rackhouse dev` alone sets it.
"""

from __future__ import annotations

from rackhouse.app.annotations import PREFIX
from rackhouse.app.model import App

WORKING_FOLDER = f"{PREFIX}working-folder"


def working_folder(app: App) -> str:
    """The folder in which its programs run; "" for an application as others are."""
    return dict(app.annotations).get(WORKING_FOLDER, "")
