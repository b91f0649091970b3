"""The target `ollama.<node>`: which models an Ollama has, over its own API.

    target   what is there, pulling what is not     server   requests, errors as words

A model can carry no stamp: the store has it, and whether we brought it. One that was there before
is used, and stays when this rack wants it no more.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.kit.paths import Paths
from rackhouse.store.protocol import Store
from rackhouse.targets.ollama.server import Server
from rackhouse.targets.ollama.target import Ollama
from rackhouse.transport.address import Address

__all__ = ["Ollama", "open_target"]


def open_target(
    name: str,
    address: Mapping[str, str],
    *,
    rack: str,
    paths: Paths,  # noqa: ARG001  it writes no file
    store: Store,
) -> Ollama:
    """The Ollama that the machine at `host` (the other keys: `Address.parse`) reaches as `at` on
    the TCP port `answers`; without `host`, the one that this machine does. `leaving` is `yes` where
    it leaves as a whole: what it has on its disk stays there, and nothing of it is looked at.
    """
    words = dict(address)
    leaving = words.pop("leaving", "") == "yes"
    at, port = words.pop("at", ""), int(words.pop("answers", "0"))
    over = Address.parse(words) if words.get("host") else None
    server = Server(at, port, over)
    return Ollama(name, rack=rack, server=server, store=store, leaving=leaving)
