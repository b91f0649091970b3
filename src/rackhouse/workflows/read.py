"""A workflow file: text in, `Workflow` or every problem at once out. Pure."""

from __future__ import annotations

from dataclasses import replace

from rackhouse.kit import yaml
from rackhouse.kit.errors import FileError
from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows import check
from rackhouse.workflows.events import triggers
from rackhouse.workflows.jobs import jobs
from rackhouse.workflows.model import Workflow
from rackhouse.workflows.reader import EMPTY, Reader
from rackhouse.workflows.settings import accepted
from rackhouse.workflows.steps import shell_of
from rackhouse.workflows.syntax import TOP


def read_workflow(text: str, path: str) -> Workflow:
    """The workflow that `text` says. FileError, in the file `path`, with every problem of it."""
    tree = yaml.parse(text)
    # GitHub reads YAML 1.2, in which `on`, `yes` and `no` are words like others.
    reader = Reader([it for it in tree.problems if it.rule != "yaml-boolean-key"])
    found = _workflow(reader, tree.root, path) if tree.whole else None
    if found is None or reader.problems:
        raise FileError(path, reader.problems)
    return found


def _workflow(reader: Reader, root: Node, path: str) -> Workflow:
    said = reader.mapping(_with_on(root), "", TOP, required=("on", "jobs"))
    check.expressions(reader, root, "")
    accepted(reader, said, "")
    shell = shell_of(reader, said.get("defaults"), "defaults", "")
    named = reader.text(said["name"], "name") if "name" in said else ""
    if "run-name" in said:
        reader.text(said["run-name"], "run-name")
    return Workflow(
        path=path,
        title=named or path,
        on=triggers(reader, said.get("on", EMPTY)),
        jobs=jobs(reader, said["jobs"], shell) if "jobs" in said else (),
        notes=tuple(reader.notes),
    )


def _with_on(root: Node) -> Node:
    """Tools that write YAML 1.1 make `true:` of `on:`."""
    if root.kind is not Kind.MAPPING or any(key.text == "on" for key, _ in root.pairs):
        return root
    named = [
        (replace(k, text="on") if k.plain and k.text == "true" else k, v) for k, v in root.pairs
    ]
    return replace(root, pairs=tuple(named))
