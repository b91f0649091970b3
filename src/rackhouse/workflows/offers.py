"""What a rack has for workflows: machines, shells, services, actions. Pure; only tables.

The runner answers for each of these; the two lists of actions are compared by a test.
"""

from __future__ import annotations

import re

LABELS = ("ubuntu-latest", "ubuntu-22.04", "ubuntu-24.04", "self-hosted", "linux")
SHELLS = ("bash", "sh", "python")
ACTIONS = (
    "actions/checkout", "actions/setup-python", "actions/setup-node", "astral-sh/setup-uv",
    "actions/cache", "actions/cache/restore", "actions/cache/save", "actions/upload-artifact",
    "actions/download-artifact",
)  # fmt: skip

_REGISTRY = re.compile(r"^(docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(library/)?")
_SERVICES = {
    "postgres": "postgres",
    "pgvector/pgvector": "postgres",
    "redis": "redis",
    "valkey/valkey": "redis",
}


def service_of(image: str) -> str:
    """`postgres` or `redis`, whose part of the rack answers for this image; "" for none."""
    name = image.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    name = folder + slash + last.partition(":")[0]
    return _SERVICES.get(_REGISTRY.sub("", name), "")


def action_of(uses: str) -> str:
    """`actions/checkout` of `actions/checkout@v4`."""
    return uses.partition("@")[0].lower()
