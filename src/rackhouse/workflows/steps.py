"""The steps of a job, read. Pure."""

from __future__ import annotations

import re

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.check import condition
from rackhouse.workflows.model import Step
from rackhouse.workflows.reader import Reader, dotted, is_expression
from rackhouse.workflows.syntax import STEP

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_REMOTE = re.compile(r"(?:https?://[\w.-]+/)?[\w.-]+/[\w.-]+(?:/[\w./-]+)?@[^\s@]+")


def steps(reader: Reader, node: Node, path: str, shell: str) -> tuple[Step, ...]:
    """All steps. `shell`: what those that say none run in."""
    items = node.items
    if node.kind is not Kind.SEQUENCE or not items:
        what, fix = "a list of steps is expected", "write `- run: make test` lines"
        reader.say(node, "workflow-steps", path, what, fix)
        items = ()
    found = [_step(reader, it, f"{path}[{number}]", shell) for number, it in enumerate(items)]
    taken: set[str] = set()
    for number, step in enumerate(found):
        if step.id and step.id.lower() in taken:
            what, fix = f"another step has the id {step.id!r}", "give each an id of its own"
            reader.say(items[number], "workflow-name", f"{path}[{number}].id", what, fix)
        taken.add(step.id.lower())
    return tuple(found)


def minutes(reader: Reader, node: Node, path: str) -> int:
    """`timeout-minutes`; 0 where an expression decides."""
    text = reader.text(node, path)
    if re.fullmatch(r"\d*\.\d+", text):
        what = f"{text} is no whole number of minutes, and the runner would have no limit at all"
        fix = f"write {max(1, round(float(text)))}"
        reader.say(node, "workflow-minutes", path, what, fix)
        return 0
    return reader.whole(node, path)


def named(reader: Reader, node: Node, path: str, word: str) -> None:
    """Judge a name that expressions have for a job or a step."""
    if not NAME.fullmatch(word):
        what = f"{word!r} cannot be a name that expressions know it by"
        fix = "use letters, digits, `-` and `_`, a letter or `_` first, 100 at most"
        reader.say(node, "workflow-name", path, what, fix)


def shell_of(reader: Reader, node: Node | None, path: str, otherwise: str) -> str:
    """The shell that `defaults:` says."""
    if node is None:
        return otherwise
    said = reader.mapping(node, path, ("run",))
    run = reader.mapping(said["run"], f"{path}.run", _RUN) if "run" in said else {}
    if "working-directory" in run:
        reader.text(run["working-directory"], f"{path}.run.working-directory")
    return reader.text(run["shell"], f"{path}.run.shell") if "shell" in run else otherwise


_RUN = ("shell", "working-directory")


def _step(reader: Reader, node: Node, path: str, shell: str) -> Step:
    said = reader.mapping(node, path, STEP)
    texts = {
        key: reader.text(said[key], dotted(path, key))
        for key in ("name", "id", "uses", "run", "shell", "working-directory")
        if key in said
    }
    _one_of_two(reader, node, said, path)
    if "uses" in said:
        _uses(reader, said["uses"], f"{path}.uses", texts["uses"])
    if "id" in said:
        named(reader, said["id"], f"{path}.id", texts["id"])
    if "timeout-minutes" in said:
        minutes(reader, said["timeout-minutes"], f"{path}.timeout-minutes")
    if "continue-on-error" in said:
        where = f"{path}.continue-on-error"
        reader.flag(said["continue-on-error"], where, otherwise=False)
    if "env" in said:
        reader.pairs(said["env"], f"{path}.env")
    uses, run = texts.get("uses", ""), texts.get("run", "")
    first = run.strip().splitlines()[0] if run.strip() else ""
    return Step(
        title=texts.get("name") or uses or first,
        uses=uses,
        run=run,
        shell=texts.get("shell", shell) if run else "",
        settings=_settings(reader, said["with"], f"{path}.with") if "with" in said else {},
        line=node.line,
        id=texts.get("id", ""),
        condition=condition(reader, said["if"], f"{path}.if") if "if" in said else "",
    )


def _one_of_two(reader: Reader, node: Node, said: dict[str, Node], path: str) -> None:
    if node.kind is not Kind.MAPPING:
        return
    wrong = {
        "it neither runs a script nor uses an action": not {"uses", "run"} & set(said),
        "it cannot both `run` a script and use an action": {"uses", "run"} <= set(said),
        "`with` is for actions, and this step runs a script": {"with", "run"} <= set(said),
        "`shell` is for scripts, and this step uses an action": {"shell", "uses"} <= set(said),
    }
    for what, is_so in wrong.items():
        if is_so:
            fix = "write `run: COMMAND`, or `uses: OWNER/NAME@VERSION`"
            reader.say(node, "workflow-steps", path, what, fix)


def _uses(reader: Reader, node: Node, path: str, uses: str) -> None:
    if uses.startswith(("./", "docker://")) or _REMOTE.fullmatch(uses):
        return
    if is_expression(node):
        what, fix = "an action cannot be chosen by an expression", "name it"
    elif "@" not in uses and re.fullmatch(r"[\w.-]+/[\w./-]+", uses):
        what, fix = f"{uses!r} has no version", f"write {uses}@v4, or the version that you mean"
    else:
        what, fix = f"{uses!r} is no action", "write OWNER/NAME@VERSION, or ./FOLDER"
    reader.say(node, "workflow-uses", path, what, fix)


def _settings(reader: Reader, node: Node, path: str) -> dict[str, str]:
    for key, value in node.pairs:
        if key.text.endswith("-version"):
            reader.exact(value, dotted(path, key.text))
    return reader.pairs(node, path)
