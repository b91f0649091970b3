"""Debian's modules, imported once for all tests here, which run in one worker for that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.model.work import Work
from rackhouse.services.scripture.store import imports, shelves
from rackhouse.services.scripture.store.sword import bibles
from rackhouse.services.scripture.store.sword import works as sword
from rackhouse.services.scripture.store.sword.editions import EDITIONS

SWORD = Path("/usr/share/sword")
PACKAGES = "sword-text-kjv, sword-text-web and sword-text-sparv of Debian are not installed"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


@pytest.fixture(scope="session")
def modules(folder: Path) -> Mapping[str, Translation]:
    """By id."""
    if not all((SWORD / "modules/texts/ztext" / name).is_dir() for name in EDITIONS):
        pytest.skip(PACKAGES)
    origins = [*imports.packages(), *bibles.origins([SWORD])]
    return {each.about.id: each for each in imports.kept(folder, origins)}


@pytest.fixture(scope="session")
def works(folder: Path) -> Mapping[str, Work]:
    """By id."""
    if not (SWORD / "modules/comments/zcom/mhcc").is_dir():
        pytest.skip("sword-comm-mhcc, sword-comm-tdavid and sword-dict-* are not installed")
    return {each.about.id: each for each in shelves.kept(folder, sword.bound([SWORD]))}
