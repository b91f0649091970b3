"""How `rackhouse models` shows who answers, what was asked, and what it cost. Asks nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rackhouse.kit.text import format_seconds, one_line
from rackhouse.operations.models.money import count, money, took

if TYPE_CHECKING:
    from rackhouse.operations.models.allowed import Budgets, Keys, Standing
    from rackhouse.operations.models.seen import Health, Line, Spend, Spent, Upstream

_MODELS = ("model", "answered by", "then", "state", "tokens/s", "requests", "failed", "this month")


def models_table(health: Health, spend: Spend) -> str:
    """A row for each name; below, the upstreams that are not asked just now, and why; and how many
    requests were not let in.
    """
    of = {row.model: row for row in spend.rows}
    rows = [_MODELS]
    for model in health.models:
        upstream, its = health.answering(model), of.get(model.name)
        rows.append(
            (
                model.name,
                _answering(upstream),
                ", ".join(
                    each for each in model.upstreams if not upstream or each != upstream.name
                ),
                upstream.standing if upstream else "nobody answers",
                f"{upstream.tokens_per_second:.0f}" if upstream and upstream.recent else "",
                count(its.requests) if its else "0",
                count(its.failed) if its else "0",
                money(its.nanos if its else 0, spend.currency),
            )
        )
    lines = table(rows)
    lines += ["", *troubles(health)] if any(not each.answers for each in health.upstreams) else []
    if health.turned_away:
        told = ", ".join(f"{count(n)} {code}" for code, n in health.turned_away.items())
        lines += ["", f"requests that were not let in: {told}"]
    return "\n".join(lines)


def troubles(health: Health) -> list[str]:
    """A sentence for each upstream that is not asked just now."""
    found = []
    for each in health.upstreams:
        if not each.answers:
            again = f"; asked again in {format_seconds(each.again)}" if each.again else ""
            found.append(f"{each.name} is {each.standing}: {each.why or 'no word'}{again}")
    return found


def spend_table(spend: Spend, by: Sequence[str]) -> str:
    """A row for each that it is added up by, and the total."""
    head = (*by, "requests", "failed", "fallbacks", "tokens in", "out", "cost")
    rows = [head]
    rows += [(*(_word(each, word) for word in by), *_sums(each, spend)) for each in spend.rows]
    blank = [""] * (len(by) - 1)
    rows.append(("total", *blank, *_sums(spend.total, spend)))
    return "\n".join([f"{spend.since} to {spend.until}, UTC", "", *table(rows)])


def budgets_table(budgets: Budgets) -> str:
    """A row for each cap that there is; "" for none."""
    rows = [
        (each.scope, each.name, each.period, *_cap(standing, unit, budgets.currency))
        for each in budgets.budgets
        for standing, unit in ((each.money, "money"), (each.tokens, "tokens"))
        if standing.cap >= 0
    ]
    head = ("budget of", "name", "by", "used", "set aside", "cap", "")
    return "\n\n" + "\n".join(table([head, *rows])) if rows else ""


def _cap(standing: Standing, unit: str, currency: str) -> tuple[str, ...]:
    amounts = (standing.spent, standing.leased, standing.cap)
    if unit == "money":
        told = [money(each, currency) for each in amounts]
    else:
        told = [f"{count(each)} tokens" for each in amounts]
    return (*told, f"{standing.share:.0%}")


def keys_table(keys: Keys) -> str:
    """A row for each person's key."""
    rows = [("key", "person", "models", "expires")]
    rows += [
        (key.name, key.person or "-", ", ".join(key.models) or "all", (key.expires or "never")[:10])
        for key in keys.keys
    ]
    return "\n".join(table(rows)) if keys.keys else "nobody has a key of their own"


def log_line(line: Line, currency: str) -> str:
    """One request: when, who, what, who answered, how fast, what it cost, what went wrong."""
    when = datetime.fromtimestamp(line.at, UTC).astimezone()
    told = [
        f"{when:%H:%M:%S}",
        f"{line.who or '-':<16.16}",
        f"{one_line(line.model, 24) or '-':<16.24}",
        f"{line.upstream or '-':<18.18}",
        f"{took(line.seconds):>7}",
        f"{line.input}+{line.output} tokens",
    ]
    told += [money(line.cost, currency)] if line.cost else []
    told += ["given again"] if line.again else []
    told += [f"after {one_line(each.upstream)} ({one_line(each.why, 80)})" for each in line.tried]
    if line.outcome != "answered":
        told.append(f"{line.outcome}: {one_line(line.error, 200)}" if line.error else line.outcome)
    return "  ".join(told)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _answering(upstream: Upstream | None) -> str:
    if upstream is None:
        return "-"
    return f"{upstream.name} ({'local' if upstream.local else 'outside'})"


def _word(spent: Spent, word: str) -> str:
    value = getattr(spent, word)
    if isinstance(value, bool):
        return "local" if value else "outside"
    return one_line(str(value or "-"), 40)


def _sums(spent: Spent, spend: Spend) -> tuple[str, ...]:
    numbers = (spent.requests, spent.failed, spent.fallbacks, spent.input, spent.output)
    return (*map(count, numbers), money(spent.nanos, spend.currency))
