"""What was measured, and that it is not less now. The file is written by
`benchmarks/retrieval.py --floors`; a floor is changed by a commit that says why.
"""

from __future__ import annotations

import json
from pathlib import Path

from retrieval.measuring import Result

FILE = Path(__file__).with_name("floors.json")
ALLOWED = 0.01  # below: less than this is the noise of another processor

Floors = dict[str, dict[str, dict[str, float]]]  # texts, set, figure


def figures(found: Result) -> dict[str, float]:
    """Those that are gated."""
    return {
        "ndcg": found.every.ndcg,
        "recall": found.every.recall,
        "mrr": found.every.mrr,
        "hit": found.every.hit,
        "ndcg, mean over kinds": found.even.ndcg,
        "hit, mean over kinds": found.even.hit,
    }


def read() -> Floors:
    """All of them."""
    floors: Floors = json.loads(FILE.read_text("utf-8"))
    return floors


def write(floors: Floors) -> None:
    """Instead of those that are there."""
    rounded = {
        texts: {
            name: {it: round(value, 4) for it, value in some.items()} for name, some in sets.items()
        }
        for texts, sets in floors.items()
    }
    FILE.write_text(json.dumps(rounded, indent=2) + "\n", "utf-8")


def lower(found: Result, texts: str, name: str) -> list[str]:
    """What has dropped, in words; nothing where all is well."""
    now = figures(found)
    return [
        f"{name} of {texts}: {figure} is {now[figure]:.4f}, and was {floor:.4f}"
        for figure, floor in read()[texts][name].items()
        if not now[figure] > floor - ALLOWED
    ]
