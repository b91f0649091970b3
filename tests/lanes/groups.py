"""Which tests run in one worker: those of one `xdist_group`, and those of a file that makes
something once for all of them, which another worker would make again.

xdist 3.8 says so by a test's `_nodeid`, and pytest 9.2 keeps the id elsewhere, so the ids are set
here. A group is no part of a test's name where it is reported: `--last-failed` knew none again.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker under `--dist loadgroup`: each id with its group behind it."""
    if getattr(config.option, "loadgroup", False):
        for item in items:
            if group := _group(item):
                item._id = type(item._id).parse(f"{item.nodeid}@{group}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where workers' reports arrive: as it is called in the file."""
    if not hasattr(report, "node"):  # a worker's own, by which xdist knows what it runs
        return
    name, _, group = report.nodeid.rpartition("@")
    if name and "]" not in group:
        report.nodeid = name


def _group(item: pytest.Item) -> str:
    """Of its marks, the nearest one's; else its file, where that has something of its own."""
    if mark := item.get_closest_marker("xdist_group"):
        return str(mark.args[0])
    info = getattr(item, "_fixtureinfo", None)
    made = [some[-1] for some in info.name2fixturedefs.values()] if info else []
    own = any(it.scope == "module" and it.baseid and "xunit" not in it.argname for it in made)
    return item.nodeid.partition("::")[0] if own else ""
