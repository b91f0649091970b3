"""The jobs of a workflow, read. Pure."""

from __future__ import annotations

from rackhouse.kit.yaml import Kind, Node
from rackhouse.workflows import check
from rackhouse.workflows.matrix import Strategy, strategy
from rackhouse.workflows.model import Job, Service
from rackhouse.workflows.order import circle
from rackhouse.workflows.reader import EMPTY, Reader, dotted, is_expression
from rackhouse.workflows.settings import accepted
from rackhouse.workflows.steps import minutes, named, shell_of, steps
from rackhouse.workflows.syntax import CALLING_JOB, CONTAINER, JOB, SERVICE

MOST = 256  # jobs of a workflow


def jobs(reader: Reader, node: Node, shell: str) -> tuple[Job, ...]:
    """All jobs, in the order in which they are written."""
    if not reader.mapping(node, "jobs"):
        reader.say(node, "workflow-jobs", "jobs", "there are no jobs", "add one")
    if len(node.pairs) > MOST:
        what, fix = f"there are {len(node.pairs)} jobs; {MOST} is the most", "make a matrix of some"
        reader.say(node, "workflow-jobs", "jobs", what, fix)
        return ()
    for key, _ in node.pairs:
        named(reader, key, f"jobs.{key.text}", key.text)
    found = tuple(_job(reader, key, it, shell) for key, it in node.pairs)
    _needs(reader, node, found)
    return found


def _job(reader: Reader, key: Node, node: Node, shell: str) -> Job:
    name, path = key.text, f"jobs.{key.text}"
    calling = any(key.text == "uses" for key, _ in node.pairs)
    required = () if calling else ("runs-on", "steps")
    said = reader.mapping(node, path, CALLING_JOB if calling else JOB, required=required)
    plan = (
        strategy(reader, said["strategy"], f"{path}.strategy") if "strategy" in said else Strategy()
    )
    needs = reader.texts(said["needs"], f"{path}.needs") if "needs" in said else ()
    check.needs(reader, node, path, needs)
    accepted(reader, said, path)
    shell = shell_of(reader, said.get("defaults"), f"{path}.defaults", shell)
    return Job(
        name=name,
        title=reader.text(said["name"], f"{path}.name") if "name" in said else name,
        needs=needs,
        labels=_labels(reader, said.get("runs-on"), f"{path}.runs-on"),
        matrix=plan.matrix,
        steps=steps(reader, said["steps"], f"{path}.steps", shell) if "steps" in said else (),
        services=_services(reader, said.get("services", EMPTY), f"{path}.services"),
        container=_container(reader, said.get("container"), f"{path}.container"),
        condition=check.condition(reader, said["if"], f"{path}.if") if "if" in said else "",
        minutes=_minutes(reader, said.get("timeout-minutes"), path),
        line=key.line,
        dynamic=plan.dynamic,
        fail_fast=plan.fail_fast,
        max_parallel=plan.max_parallel,
        calls=_calls(reader, said["uses"], f"{path}.uses") if calling and "uses" in said else "",
    )


def _minutes(reader: Reader, node: Node | None, path: str) -> int:
    return minutes(reader, node, f"{path}.timeout-minutes") if node else 0


def _labels(reader: Reader, node: Node | None, path: str) -> tuple[str, ...]:
    if node is None:
        return ()
    if node.kind is Kind.MAPPING:
        said = reader.mapping(node, path, ("group", "labels"))
        if "group" in said:
            what = "groups of runners are GitHub's own"
            reader.say(said["group"], "job-machine", f"{path}.group", what, "write ubuntu-latest")
        return reader.texts(said["labels"], f"{path}.labels") if "labels" in said else ()
    labels = reader.texts(node, path)
    if not labels:
        what, fix = "it names no machine", "write ubuntu-latest"
        reader.say(node, "job-machine", path, what, fix)
    return labels


def _calls(reader: Reader, node: Node, path: str) -> str:
    uses = reader.text(node, path)
    if not uses.partition("@")[0].endswith((".yml", ".yaml")):
        what = f"{uses!r} is no workflow file"
        reader.say(node, "workflow-uses", path, what, "write ./.github/workflows/NAME.yaml")
    return uses


def _services(reader: Reader, node: Node, path: str) -> tuple[Service, ...]:
    if is_expression(node):
        what, fix = "services cannot come from an expression", "name them"
        reader.say(node, "job-service", path, what, fix)
        return ()
    found = []
    for name, it in reader.mapping(node, path).items():
        here = dotted(path, name)
        said = reader.mapping(it, here, SERVICE, required=("image",))
        found.append(
            Service(
                name=name,
                image=reader.text(said["image"], f"{here}.image") if "image" in said else "",
                ports=reader.texts(said["ports"], f"{here}.ports") if "ports" in said else (),
                variables=reader.pairs(said.get("env", EMPTY), f"{here}.env"),
                line=it.line,
            )
        )
    return tuple(found)


def _container(reader: Reader, node: Node | None, path: str) -> str:
    if node is None or node.kind is Kind.SCALAR:
        return reader.text(node, path) if node else ""
    said = reader.mapping(node, path, CONTAINER, required=("image",))
    return reader.text(said["image"], f"{path}.image") if "image" in said else ""


def _needs(reader: Reader, node: Node, found: tuple[Job, ...]) -> None:
    """Every job that is needed exists, and none waits for itself."""
    names = {job.name for job in found}
    at = {key.text: key for key, _ in node.pairs}
    for job in found:
        for name in job.needs:
            if name not in names:
                what = f"there is no job {name!r}{reader.hint(name, names)}"
                fix = "correct the name, or delete it"
                reader.say(at[job.name], "workflow-needs", f"jobs.{job.name}.needs", what, fix)
    around = circle({job.name: job.needs for job in found})
    if around:
        what = f"each would wait for the other for ever: {' needs '.join(around)}"
        path = f"jobs.{around[0]}.needs"
        reader.say(at[around[0]], "workflow-needs", path, what, "take one of these needs away")
