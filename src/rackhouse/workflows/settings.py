"""Parts of a workflow that are read and judged, and change little or nothing here. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.reader import Reader, dotted, is_expression
from rackhouse.workflows.syntax import SCOPES


def accepted(reader: Reader, said: Mapping[str, Node], path: str) -> None:
    """Judge the parts of a job, or of the workflow (`path` ""), that the model does not have."""
    for key in ("env", "outputs", "with"):
        if key in said:
            reader.pairs(said[key], dotted(path, key))
    if "continue-on-error" in said:
        where = dotted(path, "continue-on-error")
        reader.flag(said["continue-on-error"], where, otherwise=False)
    if "permissions" in said:
        _permissions(reader, said["permissions"], dotted(path, "permissions"))
    if "concurrency" in said:
        _concurrency(reader, said["concurrency"], dotted(path, "concurrency"))
    if "environment" in said and said["environment"].kind is not Kind.SCALAR:
        keys = ("name", "url", "deployment")
        reader.mapping(said["environment"], dotted(path, "environment"), keys, required=("name",))
    if "secrets" in said and said["secrets"].kind is Kind.SCALAR:
        reader.word(said["secrets"], dotted(path, "secrets"), ("inherit",))
    elif "secrets" in said:
        reader.pairs(said["secrets"], dotted(path, "secrets"))


def _permissions(reader: Reader, node: Node, path: str) -> None:
    if node.kind is Kind.SCALAR:
        if not node.empty:
            reader.word(node, path, ("read-all", "write-all"))
        return
    for scope, it in reader.mapping(node, path, SCOPES).items():
        reader.word(it, dotted(path, scope), ("read", "write", "none"))


def _concurrency(reader: Reader, node: Node, path: str) -> None:
    if node.kind is Kind.SCALAR:
        reader.text(node, path)
        return
    said = reader.mapping(node, path, ("group", "cancel-in-progress", "queue"), required=("group",))
    if "group" in said:
        reader.text(said["group"], f"{path}.group")
    cancel = said.get("cancel-in-progress")
    if cancel and not is_expression(cancel):
        reader.flag(cancel, f"{path}.cancel-in-progress", otherwise=False)
