"""What lies in `tests/scenarios/network`: every text that is made of two racks.

To write it anew after a change that was meant: `PYTHONPATH=tests python -m
unit.desired.network.golden`, and read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rackhouse.desired.network import cabling, internet, table
from rackhouse.desired.network.advice import findings
from rackhouse.desired.network.dialects import DIALECTS, joined
from rackhouse.desired.network.fabric import fabric
from rackhouse.desired.network.names import USUAL
from rackhouse.desired.network.policy import policy
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "tests" / "scenarios" / "network"
RACKS = {"home": ROOT / "examples" / "racks" / "home.yaml", "office": FOLDER / "office.yaml"}


def rack(name: str) -> Rack:
    """One of the two."""
    return load(RACKS[name].read_text())


def texts(rack: Rack) -> Iterator[tuple[str, str]]:
    """Everything that is made of a rack: the end of its file's name, and the text."""
    for name, dialect in DIALECTS.items():
        yield f"{name}.txt", joined(dialect.files(rack, "rack.yaml", USUAL))
    made = fabric(rack)
    yield "cabling.svg", cabling.render(made, rack)
    yield "switch-page.txt", table.checklist(made, policy(rack))
    yield "internet.txt", internet.checklist(rack)
    advice = (f"{each.path}: {each.what}\n  fix: {each.fix}\n" for each in findings(rack))
    yield "advice.txt", "".join(advice)


if __name__ == "__main__":
    for name in RACKS:
        for end, text in texts(rack(name)):
            (FOLDER / f"{name}.{end}").write_text(text)
