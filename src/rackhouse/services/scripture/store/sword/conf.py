"""What a module says of itself, in its file under mods.d."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rackhouse.kit.errors import HostError
from rackhouse.kit.files import host_error

_MOST = 1_000_000  # bytes of one
_LINE = re.compile(r"([A-Za-z][\w.]*)\s*=\s*(.*)")


@dataclass(frozen=True, slots=True)
class Conf:
    """`name` is the module's; of an entry that stands twice the last counts."""

    file: Path
    name: str
    entries: dict[str, str]

    def get(self, key: str, otherwise: str = "") -> str:
        """An entry, "" where it is not there."""
        return self.entries.get(key.lower(), otherwise).strip()

    @property
    def driver(self) -> str:
        """How its files are to be read, in small letters: `ztext`."""
        return self.get("ModDrv").lower()

    @property
    def data(self) -> Path:
        """Where its files are. HostError where that is not below the folder of modules."""
        home = self.file.parent.parent.resolve()
        path = (home / self.get("DataPath").removeprefix("./")).resolve()
        if home not in path.parents:
            raise HostError(
                "DataPath leads out of the folder of modules",
                where=str(self.file),
                fix="install the module anew",
            )
        return path


def read(file: Path) -> Conf:
    """One file. HostError."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST)
    except OSError as error:
        raise host_error(error, file) from error
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    name, entries = _entries(text)
    if not name:
        raise HostError("names no module", where=str(file), fix="install the module anew")
    return Conf(file, name, entries)


def _entries(text: str) -> tuple[str, dict[str, str]]:
    """The first section that is not `Globals`; a line that ends with a backslash goes on."""
    name, entries = "", {}
    for line in text.replace("\r", "").replace("\\\n", "").split("\n"):
        said = line.strip()
        if said.startswith("[") and said.endswith("]"):
            if name and name != "Globals":
                break
            name = said[1:-1]
        elif found := _LINE.fullmatch(said):
            entries[found[1].lower()] = found[2]
    return ("" if name == "Globals" else name), entries
