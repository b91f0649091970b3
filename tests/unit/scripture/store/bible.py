"""A package of a text, as small as it can be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rackhouse.services.scripture.model.translation import About, Licence, digest_of
from rackhouse.services.scripture.store.sources import Source

LICENCE = Licence(name="Public domain", attribution="Nobody's")
ABOUT = About(id="tst", name="Test", language="en", licence=LICENCE)
WORDS = {1_001_001: "In the beginning ( it was).", 1_001_002: "And [it] was.", 40_017_021: "\n"}
CLEAN = {1_001_001: "In the beginning (it was).", 1_001_002: "And it was."}


def package(
    folder: Path, name: str, words: dict[int, str], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Written there, and importable; to run it would fail."""
    text, starts, ends = "", {}, {}
    for id, said in words.items():
        starts[id] = len(text)
        text += said
        ends[id] = len(text)
    home = folder / "packages" / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "__init__.py").write_text("raise SystemExit\n")
    file = home / "plain_text_readers_bible.py"
    file.write_text(
        f"import nowhere\nbible = Bible(V.X, {text!r}, {starts}, {ends}, {{B.G: ''}})\n"
    )
    monkeypatch.syspath_prepend(str(home.parent))
    sys.modules.pop(name, None)
    return file


def source(name: str, words: dict[int, str]) -> Source:
    return Source(about=ABOUT, package=name, digest=digest_of(words))
