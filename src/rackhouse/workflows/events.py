"""`on:` in all its forms: one event, a list of events, a mapping of events and filters. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows.glob import broken
from rackhouse.workflows.model import Filter, Input, Triggers
from rackhouse.workflows.reader import EMPTY, Reader, dotted
from rackhouse.workflows.syntax import (
    ELSEWHERE,
    HAPPEN_HERE,
    INPUT,
    INPUT_KINDS,
    PATH_FILTERS,
    PULL_REQUEST_HERE,
    REF_FILTERS,
)

_PATTERN = "workflow-pattern"


def triggers(reader: Reader, node: Node) -> Triggers:
    """When the workflow runs."""
    events = _events(reader, node)
    for name, it in events.items():
        _known(reader, it, name)
    dispatch = events.get("workflow_dispatch")
    return Triggers(
        push=_filter(reader, events["push"], "push") if "push" in events else None,
        pull_request=_pull_request(reader, events.get("pull_request")),
        schedule=_schedule(reader, events.get("schedule")),
        dispatch=dispatch is not None,
        inputs=_inputs(reader, dispatch) if dispatch else (),
        called="workflow_call" in events,
        others=tuple(name for name in events if name in ELSEWHERE),
    )


def _events(reader: Reader, node: Node) -> dict[str, Node]:
    if node.kind is Kind.MAPPING:
        return reader.mapping(node, "on")
    found = {name: Node(Kind.MAPPING, node.line, 0) for name in reader.texts(node, "on") if name}
    if not found and node.line:
        what, fix = "it names no event", "write `on: push`"
        reader.say(node, "workflow-event", "on", what, fix)
    return found


def _known(reader: Reader, node: Node, name: str) -> None:
    path = f"on.{name}"
    if name in ELSEWHERE:
        what = f"{name!r} never happens on a rack, so this part of `on` has no effect"
        reader.note(node, "workflow-event", path, what, "leave it, if other places need it")
    elif name not in HAPPEN_HERE:
        what = f"{name!r} is no event{reader.hint(name, (*HAPPEN_HERE, *ELSEWHERE))}"
        reader.say(node, "workflow-event", path, what, f"use one of {', '.join(HAPPEN_HERE)}")


def _filter(reader: Reader, node: Node, event: str) -> Filter:
    path = f"on.{event}"
    keys = (*REF_FILTERS, *PATH_FILTERS) if event == "push" else ("types", *_WITHOUT_TAGS)
    said = reader.mapping(node, path, keys)
    found = {
        key.replace("-", "_"): _patterns(reader, said[key], f"{path}.{key}")
        for key in (*REF_FILTERS, *PATH_FILTERS)
        if key in said and key in keys
    }
    for key in ("branches", "tags", "paths"):
        if key in said and f"{key}-ignore" in said:
            what = f"`{key}` and `{key}-ignore` cannot both be there"
            fix = f"use `{key}` alone, with a `!` before what it leaves out"
            reader.say(said[key], _PATTERN, f"{path}.{key}", what, fix)
        patterns = found.get(key, ())
        if patterns and all(pattern.startswith("!") for pattern in patterns):
            what, fix = "it leaves out without choosing", f"use `{key}-ignore`, or add '**' first"
            reader.say(said[key], _PATTERN, f"{path}.{key}", what, fix)
    return Filter(**found)


_WITHOUT_TAGS = ("branches", "branches-ignore", *PATH_FILTERS)


def _patterns(reader: Reader, node: Node, path: str) -> tuple[str, ...]:
    patterns = reader.texts(node, path)
    for number, pattern in enumerate(patterns):
        if wrong := broken(pattern):
            what = f"the pattern {pattern!r} {wrong}"
            fix = "a backslash before a sign makes it plain: `\\[`"
            reader.say(node, _PATTERN, f"{path}[{number}]", what, fix)
    return patterns


def _pull_request(reader: Reader, node: Node | None) -> Filter | None:
    """None when its `types` are none of those that a pushed branch amounts to."""
    if node is None:
        return None
    found = _filter(reader, node, "pull_request")
    said = {key.text: value for key, value in node.pairs}
    types = reader.texts(said["types"], "on.pull_request.types") if "types" in said else ()
    if types and not set(types) & set(PULL_REQUEST_HERE):
        what = "pull requests of these types never happen on a rack"
        fix = "leave it, if other places need it"
        reader.note(said["types"], "workflow-event", "on.pull_request.types", what, fix)
        return None
    return found


def _schedule(reader: Reader, node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    found = []
    for number, item in enumerate(reader.items(node, "on.schedule")):
        path = f"on.schedule[{number}]"
        said = reader.mapping(item, path, ("cron", "timezone"), required=("cron",))
        if "timezone" in said:
            what, fix = "schedules are in UTC here", "leave the time zone out, and reckon in UTC"
            reader.say(said["timezone"], "workflow-cron", f"{path}.timezone", what, fix)
        text = reader.text(said["cron"], f"{path}.cron") if "cron" in said else ""
        wrong = _wrong_cron(text) if "cron" in said else ""
        if wrong:
            fix = 'write five fields, as in "30 3 * * 1"'
            reader.say(said["cron"], "workflow-cron", f"{path}.cron", wrong, fix)
        elif text:
            found.append(text)
    return tuple(found)


def _wrong_cron(text: str) -> str:
    from croniter import CroniterError, croniter  # late: slow to import

    if len(text.split()) != 5:
        return "a schedule has five fields: minute, hour, day, month, weekday"
    try:
        croniter(text, datetime(2000, 1, 1, tzinfo=UTC)).get_next()
    except (CroniterError, ValueError, OverflowError):
        return "one of its fields cannot be read, is out of range, or never comes"
    return ""


def _inputs(reader: Reader, node: Node) -> tuple[Input, ...]:
    said = reader.mapping(node, "on.workflow_dispatch", ("inputs",))
    inputs = reader.mapping(said.get("inputs", EMPTY), "on.workflow_dispatch.inputs")
    return tuple(_input(reader, it, name) for name, it in inputs.items())


def _input(reader: Reader, node: Node, name: str) -> Input:
    path = dotted("on.workflow_dispatch.inputs", name)
    said = reader.mapping(node, path, INPUT)
    kind = reader.word(said["type"], f"{path}.type", INPUT_KINDS) if "type" in said else "string"
    options = reader.texts(said.get("options", EMPTY), f"{path}.options")
    if kind == "choice" and not options:
        what, fix = "it offers nothing to choose from", "add `options: [a, b]`"
        reader.say(node, "workflow-value", path, what, fix)
    default = reader.text(said["default"], f"{path}.default") if "default" in said else ""
    if kind == "choice" and default and options and default not in options:
        what, fix = f"{default!r} is none of its options", "add it to them"
        reader.say(said["default"], "workflow-value", f"{path}.default", what, fix)
    required = said.get("required")
    about = said.get("description")
    return Input(
        name=name,
        kind=kind,
        required=reader.flag(required, f"{path}.required", otherwise=False) if required else False,
        default=default,
        options=options,
        description=reader.text(about, f"{path}.description") if about else "",
    )
