"""Generated pages and contracts are what the code says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("rackhouse_docs", ROOT / "scripts" / "docs.py")
assert _SPEC is not None
assert _SPEC.loader is not None
docs = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(docs)


@pytest.mark.parametrize("name", docs.PAGES)
def test_the_page_is_current(name: str) -> None:
    assert (ROOT / name).read_text() == docs.PAGES[name](), "run `make docs`"
