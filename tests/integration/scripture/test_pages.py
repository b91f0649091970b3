"""The folder that is deployed has all that its pages are made of: templates, styles, the look."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from rackhouse.delivery.services import folder_of
from rackhouse.kit.paths import Paths

PATIENCE = 60  # seconds: its first search builds an index, and much else may run


def answered(origin: str) -> httpx.Response:
    """As soon as it listens, with all of its texts: where much else runs it begins with a part."""
    for _ in range(2_400):
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{origin}/read/JHN/3/16?with=asv", timeout=PATIENCE)
            if "still imported" not in answer.text:
                return answer
        time.sleep(0.05)
    raise AssertionError("it does not listen")


def test_a_chapter_with_all_that_it_names(tmp_path: Path) -> None:
    folder = folder_of(Paths(tmp_path / "rack"), "scripture")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    paths = [str(folder), *(it for it in sys.path if it.endswith("site-packages"))]
    program = f"import runpy, sys; sys.path[:0] = {paths!r}"
    program += f"; import rackhouse; assert rackhouse.__file__.startswith({str(folder)!r})"
    program += "; runpy.run_module('rackhouse.services.scripture', run_name='__main__')"
    more = {"PORT": str(port), "SCRIPTURE_FOLDER": str(tmp_path / "texts"), "SCRIPTURE_SWORD": ""}
    command = [sys.executable, "-I", "-B", "-c", program]
    with subprocess.Popen(command, env={**os.environ, **more}, cwd=tmp_path) as process:
        try:
            origin = f"http://127.0.0.1:{port}"
            page = answered(origin)
            assert page.status_code == 200
            assert "For God so loved the world" in page.text
            named = set(re.findall(r'(?:src|href)="(/(?:static|manifest)[^"]*)"', page.text))
            assert len(named) >= 6
            for each in sorted(named):
                assert httpx.get(origin + each, timeout=PATIENCE).status_code == 200, each
            found = httpx.get(f"{origin}/v1/search?q=shepherd", timeout=PATIENCE)
            assert found.json()["total"] == 42
        finally:
            process.kill()
