"""The repository that holds the rack's own file: which it is, and what is wrong with that file."""

from __future__ import annotations

from rackhouse.delivery.repositories.git import Git
from rackhouse.kit.errors import FileError, Missing
from rackhouse.rack.load import load

REPOSITORY = "rack"  # its name
FILE = "rack.yaml"
_MOST = 1 << 21  # bytes of a rack file, more than the parser takes


def wrong(git: Git, sha: str) -> str:
    """All that is wrong with the rack file of a commit, "" for nothing. Reads that file alone."""
    try:
        blob = git.blob(sha, FILE, limit=_MOST)
        load(blob.content.decode(), FILE)
    except Missing:
        return f"there is no {FILE}\n  fix: the repository {REPOSITORY!r} holds the rack's own file"
    except UnicodeDecodeError:
        return f"{FILE} is not UTF-8 text"
    except FileError as error:
        return str(error)
    return ""
