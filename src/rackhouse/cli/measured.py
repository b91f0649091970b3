"""Machines side by side: a row for each fact, a column for each machine, as many as are legible."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rackhouse.operations.hosts.health import Examined, Line

_LABEL, _COLUMN = 11, 12  # characters; a column is as wide as what is in it, and that at least


def table(measured: Mapping[str, Examined | Exception]) -> Iterator[str]:
    """Those that were measured, in blocks that fit the terminal."""
    columns = {
        node: [node, *(cell(each) for cell in _ROWS.values())]
        for node, each in measured.items()
        if not isinstance(each, Exception)
    }
    left = shutil.get_terminal_size((100, 24)).columns - _LABEL
    block: list[list[str]] = []
    for column in columns.values():
        if block and sum(map(_width, (*block, column))) > left:
            yield from (*_block(block), "")
            block = []
        block.append(column)
    if block:
        yield from _block(block)


def lines(measured: Sequence[Line]) -> Iterator[str]:
    """A row for each line between two machines."""
    if measured:
        yield ""
        yield f"{'line':<24}{'to and fro':<22}{'Mbit/s there / back':<22}longest packet"
    for line in measured:
        name = f"{line.source} - {line.target}"
        if line.error or line.ms is None:
            yield f"{name:<24}{line.error or 'not measured'}"
            continue
        time = f"{line.ms:.2f} ms (99 %: {line.ms99 or 0:.2f})"
        rates = f"{(line.out or 0) / 1e6:.0f} / {(line.back or 0) / 1e6:.0f}"
        yield f"{name:<24}{time:<22}{rates:<22}{line.mtu or '?'}"


def _width(column: Sequence[str]) -> int:
    return max(_COLUMN, *(len(cell) + 2 for cell in column))


def _block(columns: Sequence[Sequence[str]]) -> Iterator[str]:
    for label, *cells in zip(("", *_ROWS), *columns, strict=True):
        if not label or any(cells):
            padded = (f"{c:<{_width(own)}}" for c, own in zip(cells, columns, strict=True))
            yield f"{label:<{_LABEL}}{''.join(padded)}".rstrip()


def _size(each: Examined) -> str:
    cores, memory = each.facts.cpus, each.facts.memory
    return f"{cores} x {memory / 2**30:.1f}Gi" if cores and memory else ""


def _disk(each: Examined) -> str:
    taken = each.facts.fsync_ms
    return f"{each.facts.disk or '?'} {taken:.2g} ms" if taken is not None else ""


def _clock(each: Examined) -> str:
    offset = each.facts.clock_offset
    if offset is None:
        return ""
    return f"{offset:+.3f} s" if abs(offset) < 10 else f"{offset:+.3g} s"


def _heat(each: Examined) -> str:
    warmth = each.health.temperature
    return "" if warmth is None else f"{warmth:.0f} °C"


def _power(each: Examined) -> str:
    flags = each.health.throttled
    return "" if flags is None else f"{flags:#x}" if flags else "good"


def _worn(each: Examined) -> str:
    return ", ".join(f"{used} %" for used in (each.health.worn or {}).values())


def _names(each: Examined) -> str:
    taken = [answer.ms for answer in each.health.names or () if answer.ms is not None]
    return f"{max(taken):.0f} ms" if taken else "none"


def _mtu(each: Examined) -> str:
    return " ".join(map(str, sorted(set((each.health.mtus or {}).values()), reverse=True)))


def _certificates(each: Examined) -> str:
    left = (each.health.certificates or {}).values()
    return f"{min(left):.0f} days" if left else ""


def _address(each: Examined) -> str:
    found = {name: own for name, own in (each.facts.addresses or {}).items() if name != "lo"}
    return next((address for own in found.values() for address in own), "")


def _board(each: Examined) -> str:
    return (each.facts.model or "").removeprefix("Raspberry ").split(" Rev")[0]


_ROWS: Mapping[str, Callable[[Examined], str]] = {
    "address": _address,
    "system": lambda each: f"{each.facts.os} {each.facts.os_version}",
    "kernel": lambda each: (each.facts.kernel or "").split("-")[0].split("+")[0],
    "board": _board,
    "arch": lambda each: each.facts.arch or "",
    "size": _size,
    "disk p99": _disk,
    "worn": _worn,
    "pages": lambda each: f"{each.facts.page_size // 1024} KiB" if each.facts.page_size else "",
    "clock": _clock,
    "heat": _heat,
    "power": _power,
    "names": _names,
    "MTU": _mtu,
    "K3s cert.": _certificates,
}
