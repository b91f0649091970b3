"""A log's blocks, steps and lines as HTML: whole for a page, or each piece as it comes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from jinja2 import Environment
from markupsafe import Markup

from rackhouse.console.runs.ansi import painted
from rackhouse.console.runs.sheet import Block, Step
from rackhouse.console.runs.tail import Numbered
from rackhouse.delivery.runs.log import Kind

_LINE = Markup('<li id="L{0}"{1}><a href="{2}#L{0}">{0}</a><span>{3}</span></li>')
_CLASSES = {Kind.NOTE: Markup(' class="note"'), Kind.ERROR: Markup(' class="error"')}


class Show:
    """Of the run with that number. `addressed`: the page shows a part of the log, so that links to
    lines say which. `opened`, `failed` and `running` are ids of steps.
    """

    def __init__(
        self,
        templates: Environment,
        number: int,
        *,
        addressed: bool = True,
        opened: Collection[str] = (),
        failed: Collection[str] = (),
        running: Collection[str] = (),
    ) -> None:
        self._pieces = templates.get_template("runs/pieces.html").module
        self._page = f"/runs/{number}" if addressed else ""
        self._opened, self._failed, self._running = opened, failed, running

    def log(self, blocks: Iterable[Block]) -> Markup:
        """All of it."""
        return Markup().join(map(self._whole, blocks))

    def block(self, block: Block) -> Markup:
        """A block without anything in it."""
        return self._made("block", block)

    def step(self, block: Block, step: Step) -> Markup:
        """A step that begins: its lines come after it."""
        return self._made("step", block, step, Markup(), "busy", True)

    def line(self, it: Numbered) -> Markup:
        """One line, with its number as a link to it."""
        page = f"{self._page}?line={it.number}" if self._page else ""
        class_ = _CLASSES.get(it.line.kind, Markup())
        return _LINE.format(it.number, class_, page, painted(it.line.text))

    def _whole(self, block: Block) -> Markup:
        return self._made("block", block, Markup().join(self._known(block, s) for s in block.steps))

    def _known(self, block: Block, step: Step) -> Markup:
        tone = "bad" if step.id in self._failed else "busy" if step.id in self._running else ""
        lines = Markup().join(map(self.line, step.lines))
        return self._made("step", block, step, lines, tone, step.id in self._opened)

    def _made(self, macro: str, *values: object) -> Markup:
        return Markup(getattr(self._pieces, macro)(*values))  # noqa: S704 -- the template escapes
