"""The commit that a run is about, as workflows know it: variables, and the event as on GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rackhouse.kit.process import run

_OWNER = "rack"  # `github.repository` is owner and name; here nobody owns a part of the names
_NONE = "0" * 40  # git's word for "no commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """`folder` is a clean clone at `sha`. `before` is "" for a new ref. `given`: see `RunRow`."""

    folder: Path
    repository: str
    ref: str
    sha: str
    before: str
    who: str
    default_branch: str
    event: str = "push"
    given: Mapping[str, str] = field(default_factory=dict)
    server: str = ""  # https://git.rack.localhost:8443
    real_actions: bool = False  # fetched from the Internet, in place of our stand-ins

    @property
    def ref_name(self) -> str:
        """`main` of `refs/heads/main`."""
        return self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")


def variables(checkout: Checkout, number: int) -> dict[str, str]:
    """What act cannot know of the commit."""
    found = {
        "GITHUB_REPOSITORY": f"{_OWNER}/{checkout.repository}",
        "GITHUB_RUN_ID": str(number),
        "GITHUB_RUN_NUMBER": str(number),
        "SHA_REF": checkout.sha,  # act's name for it
        "GITHUB_REF": checkout.ref,
        "GITHUB_REF_NAME": checkout.ref_name,
        "GITHUB_REF_TYPE": "tag" if checkout.ref.startswith("refs/tags/") else "branch",
    }
    if checkout.server:
        found["GITHUB_SERVER_URL"] = checkout.server
    if checkout.event == "pull_request":
        found["GITHUB_HEAD_REF"] = checkout.ref_name
        found["GITHUB_BASE_REF"] = checkout.default_branch
    return found


async def event(checkout: Checkout) -> dict[str, object]:
    """The payload of the event: `github.event`."""
    repository = {
        "name": checkout.repository,
        "full_name": f"{_OWNER}/{checkout.repository}",
        "default_branch": checkout.default_branch,
        "owner": {"login": _OWNER, "name": _OWNER},
        "html_url": f"{checkout.server}/{checkout.repository}",
        "clone_url": f"{checkout.server}/{checkout.repository}.git",
    }
    common: dict[str, object] = {"repository": repository, "sender": {"login": checkout.who}}
    match checkout.event:
        case "push":
            return common | await _push(checkout)
        case "pull_request":
            return common | _pull_request(checkout)
        case "workflow_dispatch":
            return common | {"ref": checkout.ref, "inputs": dict(checkout.given)}
        case _:
            return common | dict(checkout.given)


async def _push(checkout: Checkout) -> dict[str, object]:
    commit = await _commit(checkout)
    return {
        "ref": checkout.ref,
        "before": checkout.before or _NONE,
        "after": checkout.sha,
        "created": not checkout.before,
        "deleted": False,
        "forced": False,
        "pusher": {"name": checkout.who},
        "head_commit": commit,
        "commits": [commit],
    }


def _pull_request(checkout: Checkout) -> dict[str, object]:
    head = {"ref": checkout.ref_name, "sha": checkout.sha}
    return {
        "action": "synchronize" if checkout.before else "opened",
        "number": 0,
        "pull_request": {
            "number": 0,
            "title": checkout.ref_name,
            "draft": False,
            "user": {"login": checkout.who},
            "head": head,
            "base": {"ref": checkout.default_branch, "sha": checkout.before},
        },
    }


async def _commit(checkout: Checkout) -> dict[str, object]:
    form = "%H%x00%cI%x00%an%x00%ae%x00%cn%x00%ce%x00%B"
    done = await run(
        ["git", "-c", "safe.directory=*", "log", "-1", f"--format={form}", checkout.sha],
        folder=checkout.folder,
        timeout=60,
    )
    fields = done.out.split("\0", 6)
    if done.code or len(fields) < 7:
        return {"id": checkout.sha, "message": ""}
    sha, when, author, address, committer, committers, message = fields
    return {
        "id": sha,
        "message": message.strip(),
        "timestamp": when,
        "author": {"name": author, "email": address},
        "committer": {"name": committer, "email": committers},
        "url": f"{checkout.server}/{checkout.repository}/commit/{sha}",
    }
