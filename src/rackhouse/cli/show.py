"""How a rack looks in a terminal: tables from the read model. Decides nothing, asks nobody."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rackhouse.cli.together import together
from rackhouse.kit.text import format_bytes
from rackhouse.operations.view import BROKEN, SETTLED, AppView, RackView, UnitView
from rackhouse.plan.step import Plan, Step, Verb
from rackhouse.supervisor.unit import Phase

# Shape and word besides the colour: a rack must be legible without colours.
_MARKS = {True: ("●", "green"), False: ("○", "yellow")}
_BROKEN = ("✗", "red")


def mark(phase: Phase) -> Text:
    """`● ready`, `○ starting`, `✗ crashed`."""
    shape, colour = _BROKEN if phase in BROKEN else _MARKS[phase in SETTLED]
    return Text.assemble((shape, colour), " ", phase.value)


def rack(view: RackView) -> RenderableType:
    """The whole board."""
    state = Text("ready", "green") if view.ready else Text("not ready", "yellow")
    title = Text.assemble((view.name, "bold"), "  ", view.domain, "  ", state)
    parts: list[RenderableType] = [title, *([_parts(view)] if view.parts else ())]
    if view.applications:
        parts += [Text(), _applications(view)]
    if not view.ready:
        parts += [Text(), *(Text(f"  {line}", "yellow") for line in view.why)]
    if view.hints:
        parts += [Text(), *(Text(f"  {line}", "yellow") for line in view.hints)]
    if view.notes:
        parts += [Text(), *(Text(f"  not acted on: {line}", "dim") for line in view.notes)]
    return Group(*parts)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "memory" else "left")
    return table


def _memory(unit: UnitView | AppView) -> str:
    return format_bytes(unit.memory) if unit.memory else ""


def _parts(view: RackView) -> Table:
    table = _table("part", "state", "address", "memory", "")
    for part in view.parts:
        version = Text(part.why or part.version, "dim")
        table.add_row(part.name, mark(part.phase), part.address, _memory(part), version)
    return table


def _applications(view: RackView) -> Table:
    table = _table("application", "state", "release", "memory", "address")
    for app in view.applications:
        release = f"r{app.release}" if app.release else ""
        address = Text(app.url or app.why or (f"on {app.cluster}" if app.cluster else app.kind))
        table.add_row(app.name, mark(app.phase), release, _memory(app), address)
        if app.plain:
            table.add_row("", "", "", "", Text(app.plain, "dim"))
        if app.working_folder:
            where = Text(f"the code in {app.working_folder}", "dim", overflow="fold")
            table.add_row("", "", "", "", where)
    return table


def _cut(step: Step) -> str:
    """What people notice of it: a process that is changed and not replaced ends first."""
    if step.verb is Verb.UPDATE and step.id.kind == "container":
        return " (it is made anew: until then nobody answers)"
    if step.verb is not Verb.UPDATE or step.id.kind != "process":
        return ""
    if step.id.name == "ingress":
        return " (it restarts: for a second new callers wait)"
    return " (it restarts)"


def _line(step: Step) -> str:
    return f"{step}{_cut(step)}"


def plan_lines(
    plan: Plan, *, kept: bool = False, each: bool = False
) -> list[tuple[str, str | None]]:
    """Each line of a plan with its colour; a sentence when there is nothing to do. `kept`: name all
    data that stays, instead of counting it. `each`: a line for each step, none of them together.
    """
    colours = {Verb.CREATE: "green", Verb.UPDATE: "yellow", Verb.DELETE: "red"}
    found = (
        ((_line(step), step.verb) for step in plan.steps) if each else together(plan.steps, _line)
    )
    lines: list[tuple[str, str | None]] = [(line, colours[verb]) for line, verb in found]
    lines += [(note, None) for note in (map(str, plan.notes) if kept else plan.news)]
    if not plan.steps:
        lines.append(("nothing to do", None))
    return lines
