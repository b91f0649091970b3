"""A folder that looks like releases of K3s, filled with the fake: `VERSION/k3s-arm64`."""

from __future__ import annotations

import hashlib
from pathlib import Path

PROGRAM = Path(__file__).with_name("program.py")
NAMES = {"amd64": "k3s", "arm64": "k3s-arm64", "arm": "k3s-armhf"}


def release(folder: Path, version: str, real: Path | None = None) -> str:
    """Put the fake, or the `real` program, there as `version`, for every architecture; answer its
    SHA-256.
    """
    fake = PROGRAM.read_text().replace('VERSION = "v1.34.1+k3s1"', f'VERSION = "{version}"')
    content = real.read_bytes() if real else fake.encode()
    place = folder / version
    place.mkdir(parents=True, exist_ok=True)
    for name in NAMES.values():
        (place / name).write_bytes(content)
        (place / name).chmod(0o755)
    return hashlib.sha256(content).hexdigest()
