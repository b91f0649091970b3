"""Debian's modules, imported once for all tests here, which run in one worker for that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from rackhouse.services.scripture.model.translation import Translation
from rackhouse.services.scripture.store import imports
from rackhouse.services.scripture.store.sword import bibles
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
