"""Money, counts and short times as people read them. Pure."""

from __future__ import annotations

from rackhouse.kit.text import format_seconds


def money(nanos: int, currency: str) -> str:
    """`3.20 USD`, `0.0042 USD`, `0 USD`: two figures at least of what is less than a cent."""
    value = nanos / 1e9
    if value == 0 or abs(value) >= 0.995:
        return f"{value:,.2f} {currency}" if value else f"0 {currency}"
    digits = 4 if abs(value) >= 0.0001 else 9
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + f" {currency}"


def count(number: int) -> str:
    """`950`, `12.3k`, `4.1M`."""
    for limit, size, unit in ((1000, 1, ""), (999_500, 1000, "k"), (999_500_000, 10**6, "M")):
        if number < limit:
            return f"{number}" if size == 1 else f"{number / size:.3g}{unit}"
    return f"{number / 10**9:.3g}G"


def took(seconds: float) -> str:
    """`9 ms`, `1.4 s`, `7 min`."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else format_seconds(seconds)
