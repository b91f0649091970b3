"""A picture of the cables: the switch's sockets, what is plugged in, and in which VLAN. Pure.

A drawing in SVG that needs nothing else: light and dark by the reader's own setting, readable on a
phone, and as words for who cannot see it. Colour is never the only sign: each cable has its
VLAN's number on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rackhouse.desired.network.fabric import Fabric, SwitchPort, Use
from rackhouse.desired.network.table import name_of, plugged
from rackhouse.rack.model import Rack

_WIDTH, _ROW, _TOP = 360, 34, 64
_INKS = (  # light, dark: each at least 3:1 against its background, told apart by colour-blind eyes
    ("#0a5fa3", "#6bb6f2"),
    ("#a34a00", "#f0a35c"),
    ("#00704f", "#4fcb9f"),
    ("#97357a", "#e592cb"),
    ("#6e5a00", "#d8c24f"),
    ("#a8231c", "#ff8f85"),
    ("#4650b8", "#a5aeff"),
    ("#4c5660", "#b3bdc7"),
)


def render(fabric: Fabric, rack: Rack) -> str:
    """The picture. Free sockets that lie side by side share one row."""
    groups = list(_groups(fabric))
    tall = len(groups) * _ROW
    height = _TOP + tall + 30 + len(fabric.vlans) * 20
    lines = [
        *_head(fabric, height),
        f'<rect class="box" x="12" y="{_TOP - 4}" width="52" height="{tall}" rx="6"/>',
        *(line for n, group in enumerate(groups) for line in _row(fabric, rack, group, n)),
        *(line for n in range(len(fabric.vlans)) for line in _legend(fabric, n, _TOP + tall + 18)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _head(fabric: Fabric, height: int) -> Iterator[str]:
    box = f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title words"'
    words = "; ".join(_words(fabric, port) for port in fabric.ports if port.use is not Use.FREE)
    below = f"{len(fabric.ports)} ports, rack {escape(fabric.rack)}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    yield f'<title id="title">Cables of the rack {escape(fabric.rack)}</title>'
    yield f'<desc id="words">{escape(words)}</desc>'
    yield from _style(len(fabric.vlans))
    yield f'<rect class="ground" width="{_WIDTH}" height="{height}"/>'
    yield f'<text class="head" x="16" y="28">{escape(fabric.switch)}</text>'
    yield f'<text class="soft" x="16" y="48">{below}</text>'


def _groups(fabric: Fabric) -> Iterator[list[SwitchPort]]:
    free: list[SwitchPort] = []
    for port in fabric.ports:
        if port.use is Use.FREE:
            free.append(port)
            continue
        if free:
            yield free
        free = []
        yield [port]
    if free:
        yield free


def _row(fabric: Fabric, rack: Rack, group: Sequence[SwitchPort], number: int) -> Iterator[str]:
    first, last = group[0], group[-1]
    y = _TOP + number * _ROW + _ROW // 2 - 4
    numbers = str(first.number) if first is last else f"{first.number}-{last.number}"
    yield f'<text class="socket" x="38" y="{y + 5}">{numbers}</text>'
    if first.use is Use.FREE:
        yield f'<text class="soft" x="80" y="{y + 5}">free</text>'
        return
    yield from _cable(fabric, first, y)
    yield f'<rect class="box" x="170" y="{y - 13}" width="178" height="26" rx="6"/>'
    address = next((node.address for node in rack.nodes if node.name == first.node), None)
    address = address if first.use is Use.ACCESS else None
    yield _text(180, y + 5, plugged(fabric, first), 60 if address else 160)
    if address:
        yield f'<text class="soft end" x="340" y="{y + 5}">{address}</text>'


def _cable(fabric: Fabric, port: SwitchPort, y: int) -> Iterator[str]:
    ids = port.tagged or (port.untagged,)
    for at, id in enumerate(ids):
        level = y + (at - (len(ids) - 1) / 2) * min(4, 24 / len(ids))
        yield f'<path class="v{_place(fabric, id)}" d="M64 {level:g}H170"/>'
    label = "all" if port.tagged else str(port.untagged)
    width = 8 * len(label) + 8
    yield f'<rect class="ground" x="{117 - width // 2}" y="{y - 9}" width="{width}" height="18"/>'
    yield f'<text class="label" x="117" y="{y + 5}">{label}</text>'


def _legend(fabric: Fabric, number: int, below: int) -> Iterator[str]:
    vlan, y = fabric.vlans[number], below + number * 20
    yield f'<path class="v{number % len(_INKS)}" d="M16 {y}H48"/>'
    yield _text(58, y + 5, name_of(fabric, vlan.id), 180)
    yield f'<text class="soft end" x="348" y="{y + 5}">{vlan.subnet}</text>'


def _text(x: int, y: int, words: str, room: int) -> str:
    """Text that is pressed together where it would not fit; a letter takes about 8 pixels."""
    pressed = (
        f' textLength="{room}" lengthAdjust="spacingAndGlyphs"' if len(words) * 8 > room else ""
    )
    return f'<text x="{x}" y="{y}"{pressed}>{escape(words)}</text>'


def _place(fabric: Fabric, id: int) -> int:
    return [vlan.id for vlan in fabric.vlans].index(id) % len(_INKS)


def _words(fabric: Fabric, port: SwitchPort) -> str:
    what = "every VLAN, tagged" if port.tagged else f"VLAN {name_of(fabric, port.untagged)}"
    return f"port {port.number}: {plugged(fabric, port)}, {what}"


def _style(vlans: int) -> Iterator[str]:
    inks = list(enumerate(_INKS))[:vlans]
    yield "<style>"
    yield "text{font:13px system-ui,sans-serif;fill:#1a2027}"
    yield ".head{font-size:18px;font-weight:600}.socket,.label{text-anchor:middle}"
    yield ".socket,.label{font-variant-numeric:tabular-nums}.end{text-anchor:end}"
    yield ".soft{fill:#55606b}.ground{fill:#fff}.box{fill:#f3f5f7;stroke:#8a949e}"
    yield "path{stroke-width:3}"
    yield "".join(f".v{n}{{stroke:{light}}}" for n, (light, _) in inks)
    yield "@media (prefers-color-scheme:dark){text{fill:#e8ecf0}.soft{fill:#a7b0ba}"
    yield ".ground{fill:#14181d}.box{fill:#20262d;stroke:#67727d}"
    yield "".join(f".v{n}{{stroke:{dark}}}" for n, (_, dark) in inks) + "}"
    yield "</style>"
