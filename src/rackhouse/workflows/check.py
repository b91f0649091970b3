"""Judges the expressions of a workflow file: that they can be read, and name what exists. Pure."""

from __future__ import annotations

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.expression import Call, Lookup, inside, parse, spans, walk
from rackhouse.workflows.reader import Reader, dotted
from rackhouse.workflows.syntax import CONTEXTS, FUNCTIONS, OPERATORS

_RULE = "workflow-expression"
_FIX = "write it as `${{ github.ref == 'refs/heads/main' }}`"


def expressions(reader: Reader, node: Node, path: str) -> None:
    """Judge every `${{ }}` under `node`."""
    for number, item in enumerate(node.items):
        expressions(reader, item, f"{path}[{number}]")
    for key, value in node.pairs:
        expressions(reader, value, dotted(path, key.text))
    if node.kind is not Kind.SCALAR or "${{" not in node.text:
        return
    try:
        for span in spans(node.text):
            _one(reader, node, path, inside(node.text, span))
    except ValueError as error:
        reader.say(node, _RULE, path, f"the text {error}", "close it with `}}`")


def condition(reader: Reader, node: Node, path: str) -> str:
    """An `if:`, as written. It is an expression with `${{ }}` around it or without."""
    text = reader.text(node, path).strip()
    try:
        found = list(spans(text))
    except ValueError:
        return text  # told by `expressions`
    if not found and text:
        _one(reader, node, path, text)
    elif text and found != [(0, len(text))]:
        what = "only a part of it is inside `${{ }}`, so it is a text, and every text is true"
        reader.say(node, "workflow-if", path, what, "put all of it inside, or nothing")
    return text


def needs(reader: Reader, node: Node, path: str, needed: tuple[str, ...]) -> None:
    """Judge that `needs.X` in the job's expressions names a job that it needs."""
    known = set(needed)
    for part, where in _scalars(node, path):
        for name in sorted(_asked(part.text, whole=where.endswith(".if")) - known):
            what = f"it asks for `needs.{name}`, and the job does not need {name!r}"
            fix = f"add {name!r} to its `needs`"
            reader.say(part, "workflow-needs", where, f"{what}{reader.hint(name, needed)}", fix)


def _one(reader: Reader, node: Node, path: str, text: str) -> None:
    try:
        trees = list(walk(parse(text)))
    except ValueError as error:
        reader.say(node, _RULE, path, f"the expression {error}", _FIX)
        return
    for tree in trees:
        known: tuple[str, ...] = CONTEXTS
        name = ""
        if isinstance(tree, Call) and tree.name not in OPERATORS:
            known, name = FUNCTIONS, tree.name
        elif isinstance(tree, Lookup) and isinstance(tree.parts[0], str):
            name = tree.parts[0]
        if name and name.lower() not in {word.lower() for word in known}:
            what = f"the expression asks for {name!r}, which is not known"
            fix = f"use one of {', '.join(known)}"
            reader.say(node, _RULE, path, f"{what}{reader.hint(name, known)}", fix)


def _scalars(node: Node, path: str) -> list[tuple[Node, str]]:
    found = [(node, path)] if node.kind is Kind.SCALAR else []
    for number, item in enumerate(node.items):
        found += _scalars(item, f"{path}[{number}]")
    for key, value in node.pairs:
        found += _scalars(value, dotted(path, key.text))
    return found


def _asked(text: str, *, whole: bool) -> set[str]:
    """The jobs that its expressions ask for as `needs.X`; what cannot be read asks for none."""
    if "needs" not in text:
        return set()
    try:
        parts = [inside(text, span) for span in spans(text)]
        trees = [tree for part in parts or [text] * whole for tree in walk(parse(part))]
    except ValueError:
        return set()
    asked = (t.parts for t in trees if isinstance(t, Lookup) and t.parts[0] == "needs")
    return {str(p[1]) for p in asked if len(p) > 1 and isinstance(p[1], str) and p[1] != "*"}
