"""What listens beyond the loopback unasked is not released: it is reached past the ingress."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from e2e.conftest import Rack
from e2e.test_bad_days import BARE, SCORE, SERVES

pytestmark = pytest.mark.xdist_group("rack")

OPEN = SERVES.replace('"127.0.0.1"', '"0.0.0.0"')


def test_an_application_that_listens_on_every_address(fresh: Callable[..., Rack]) -> None:
    rack = fresh()
    rack.file.write_text(BARE)
    folder = rack.file.parent / "shop"
    folder.mkdir()
    (folder / "score.yaml").write_text(SCORE)
    (folder / "server.py").write_text(OPEN)
    rack.run("up", "--detach")
    said = rack.run("deploy", str(folder), code=1).stderr
    assert "shop.web@r1 listens on every address" in said
    assert "$HOST" in said
    (folder / "score.yaml").write_text(
        SCORE.replace("    command:", '    variables: {HOST: "0.0.0.0"}\n    command:')
    )
    rack.run("deploy", str(folder))
    assert httpx.get(rack.plain("shop")).text == "open", "on purpose"
