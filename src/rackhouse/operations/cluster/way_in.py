"""The kubeconfig by which the rack itself reaches a cluster: a context of a file, or K3s's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from rackhouse.kit.errors import FileError, Missing, Problem
from rackhouse.kit.files import read_text
from rackhouse.kit.text import did_you_mean
from rackhouse.operations.cluster.kubeconfig import DAYS, days_left, fetched
from rackhouse.operations.cluster.reach import Reach
from rackhouse.resources.core import Hidden

_PARTS = (("clusters", "cluster"), ("users", "user"))


def of_file(file: Path, context: str = "") -> Hidden:
    """The file's chosen context alone, else its current one: nothing else in it is our business.

    FileError where it is no kubeconfig, Missing where it has no such context.
    """
    text = read_text(file)
    if text is None:
        raise Missing(
            f"there is no file {file}", fix="`kubectl config view --raw --flatten > FILE`"
        )
    config = _opened(file, text)
    contexts = {str(each["name"]): each["context"] for each in config["contexts"]}
    name = context or str(config.get("current-context") or "")
    if name not in contexts:
        what = f"it has no context {name!r}" if name else "it has no current context"
        fix = f"--context: {', '.join(sorted(contexts)) or 'it has none'}"
        raise Missing(f"{what}.{did_you_mean(name, contexts)}", where=str(file), fix=fix)
    kept: dict[str, Any] = {"apiVersion": "v1", "kind": "Config", "current-context": name}
    kept["contexts"] = [each for each in config["contexts"] if str(each["name"]) == name]
    for part, word in _PARTS:
        wanted = contexts[name].get(word)
        kept[part] = [each for each in config[part] if each["name"] == wanted]
    return Hidden(yaml.safe_dump(kept, sort_keys=False))


async def of_k3s(reach: Reach) -> Hidden:
    """What K3s wrote for its administrator, fetched from a server of the cluster."""
    return Hidden(yaml.safe_dump(dict(await fetched(reach)), sort_keys=False))


def ends_soon(kubeconfig: Hidden, now: datetime) -> bool:
    """Whether its certificate is good for fewer than `DAYS`. What has none does not end."""
    config = yaml.safe_load(kubeconfig.reveal())
    days = days_left(config, config["users"][0]["name"], now) if config.get("users") else None
    return days is not None and days < DAYS


def _opened(file: Path, text: str) -> Mapping[str, Any]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        found = None
    lists = (*_PARTS, ("contexts", "context"))
    if isinstance(found, dict) and all(_named(found.get(part), word) for part, word in lists):
        return found
    fix = "name the file that `kubectl` reads: ~/.kube/config, as it comes"
    problem = Problem(line=0, rule="kubeconfig", path="", what="it is no kubeconfig", fix=fix)
    raise FileError(str(file), [problem])


def _named(entries: object, word: str) -> bool:
    """Whether these are entries with names, each with something under its word."""
    return isinstance(entries, list) and all(
        isinstance(each, dict) and "name" in each and isinstance(each.get(word), dict)
        for each in entries
    )
