"""An engine's refusals in words, and a pull as one line."""

from __future__ import annotations

import pytest

from rackhouse.kit.errors import HostError, Missing, RackhouseError, Refused, Unavailable
from rackhouse.targets.docker.progress import Progress
from rackhouse.targets.docker.words import refusal


@pytest.mark.parametrize(
    ("status", "message", "error", "fix"),
    [
        (500, "Bind for 0.0.0.0:80 failed: port is already allocated", HostError, "ss -ltnp"),
        (500, 'could not select device driver "" with capabilities: [[gpu]]', HostError, "NVIDIA"),
        (500, "write /x: no space left on device", HostError, "docker system df"),
        (404, "manifest for a@sha256:1 not found: manifest unknown", Missing, "registry"),
        (500, 'Get "https://r/v2/": dial tcp: lookup r: no such host', Unavailable, "archive"),
        (403, "network x has active endpoints", Refused, "containers"),
        (404, "No such container: x", Missing, "log"),
        (500, "something new", HostError, "log"),
    ],
)
def test_a_refusal_says_what_to_do(
    status: int, message: str, error: type[RackhouseError], fix: str
) -> None:
    said = refusal("POST /containers/x/start", "Docker at /run/docker.sock", status, message)
    assert type(said) is error
    assert message in said.what
    assert fix in said.fix


def test_long_ids_are_short_and_one_line_is_enough() -> None:
    said = refusal("GET /x", "Docker", 500, f"container {'ab' * 32} is gone\nand more")
    assert said.what == f"GET /x: container {'ab' * 6} is gone (500)"


def test_a_pull_is_told_in_few_lines_that_only_grow() -> None:
    heard: list[str] = []
    progress = Progress("tiny", heard.append)
    for layer in ("a", "b"):
        progress.heard({"status": "Pulling fs layer", "id": layer, "progressDetail": {}})
    for at in range(1001):
        for layer in ("a", "b"):
            detail = {"current": at * 100_000, "total": 100_000_000}
            progress.heard({"status": "Downloading", "id": layer, "progressDetail": detail})
    progress.heard({"status": "Pull complete", "id": "a", "progressDetail": {}})
    assert heard[0] == "pulling tiny"
    assert heard[-1] == "pulling tiny: 200 of 200 MB"
    assert len(heard) < 30
