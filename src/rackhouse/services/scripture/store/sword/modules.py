"""The modules that lie on this machine, and what each can be served as."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from rackhouse.kit.errors import RackhouseError
from rackhouse.services.scripture.store.sword import conf as confs
from rackhouse.services.scripture.store.sword.conf import Conf

_log = logging.getLogger(__name__)
_MOST = 1_000  # modules of a folder


def found(folders: Iterable[Path]) -> Iterator[Conf]:
    """Each that can be read, by name; of two of one name the first folder's."""
    held: dict[str, Conf] = {}
    for folder in folders:
        try:
            files = sorted((folder / "mods.d").glob("*.conf"))[:_MOST]
        except OSError:
            continue
        for file in files:
            if file.name == "globals.conf":  # of no module
                continue
            try:
                conf = confs.read(file)
            except RackhouseError as error:
                _log.warning("a module of SWORD is passed by: %s", error)
            else:
                held.setdefault(conf.name, conf)
    yield from (held[name] for name in sorted(held))


def stamp(conf: Conf) -> str:
    """Of all that the module is: another release is another stamp."""
    whole = hashlib.sha256(conf.file.read_bytes())
    data = conf.data
    # A dictionary's path is that of its files without their endings.
    files = data.iterdir() if data.is_dir() else data.parent.glob(f"{data.name}.*")
    for file in sorted(each for each in files if each.is_file()):
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
