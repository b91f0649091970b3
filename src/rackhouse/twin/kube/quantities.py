"""Quantities as Kubernetes writes them: `100m`, `64Mi`, `1e3`. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?")
_SCALE = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(1000) ** (power + 1) for power, unit in enumerate("kMGTPE")},
    **{f"{unit}i": Decimal(1024) ** (power + 1) for power, unit in enumerate("KMGTPE")},
}

# What the server says of one that it cannot read.
WRONG = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)


def parse(value: Any) -> Decimal:
    """How much that is. Raises ValueError where it is no quantity."""
    found = _FORM.fullmatch(str(value))
    if not found:
        raise ValueError(WRONG)
    number, unit = Decimal(found[1]), found[2] or ""
    return number * (Decimal(f"1{unit}") if unit[:1] in "eE" and unit[1:] else _SCALE[unit])


def fits(value: Any) -> bool:
    """Whether it is one."""
    return bool(_FORM.fullmatch(str(value)))


def text(amount: Decimal, like: str = "") -> str:
    """As the server writes sums: in units of 1024 for what is bytes, in thousandths below one."""
    if amount == 0:
        return "0"
    if "cpu" in like or amount != amount.to_integral_value():
        thousandths = amount * 1000
        whole = thousandths % 1000 == 0
        return str(int(amount)) if whole else f"{int(thousandths)}m"
    if "memory" in like or "storage" in like:
        for unit in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
            if amount % _SCALE[unit] == 0:
                return f"{int(amount / _SCALE[unit])}{unit}"
    return str(int(amount))
