"""The lock of the platform's images, beside the rack file. Reads it; nothing else."""

from __future__ import annotations

from pathlib import Path

from rackhouse.desired.platform.pins import FILE, UNPINNED, Pins, parse
from rackhouse.kit.files import read_text


def beside(rack_file: Path) -> Path:
    """Where it lies."""
    return rack_file.parent / FILE


def read(rack_file: Path | None) -> Pins:
    """The pins beside a rack file; none where there is no file. FileError."""
    file = beside(rack_file) if rack_file else None
    text = read_text(file) if file else None
    return parse(text, str(file)) if text is not None else UNPINNED
