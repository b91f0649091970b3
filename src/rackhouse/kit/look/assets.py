"""Files that pages ask for, under addresses that name their content: they may be kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OURS = Path(__file__).parent / "static"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file, as it is sent."""

    address: str
    content: bytes
    kind: str


class Assets:
    """All files of some folders: by name for those who write pages, by address for who asks."""

    def __init__(self, *folders: Path, at: str = "/static") -> None:
        self._at = at
        self._by_name = dict(_read(file, at) for folder in folders for file in _files(folder))
        self._by_address = {each.address: each for each in self._by_name.values()}

    def address(self, name: str) -> str:
        """Where `name` is, as `/static/look.3f2a91c0d4e5.css`. KeyError."""
        return self._by_name[name].address

    def found(self, address: str) -> Asset | None:
        """What is at an address."""
        return self._by_address.get(address)

    @property
    def all(self) -> Mapping[str, Asset]:
        """By name."""
        return self._by_name

    @property
    def digest(self) -> str:
        """Of all of them: every address has that of its content."""
        return hashlib.sha256("\n".join(sorted(self._by_address)).encode()).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix in _KINDS)


def _read(file: Path, at: str) -> tuple[str, Asset]:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    address = f"{at}/{file.stem}.{digest}{file.suffix}"
    return file.name, Asset(address=address, content=content, kind=_KINDS[file.suffix])
