"""GBF, the format of old modules: tags of two or three letters, of which the last one in small
closes. `<RF>` to `<Rf>` is a footnote, `<TS>` to `<Ts>` a heading, `<CM>` a paragraph.
"""

from __future__ import annotations

from collections.abc import Mapping

from rackhouse.services.scripture.model.composing import Composer

_TAKEN = {"RF": "note", "RX": "cross", "TS": "section", "TT": "section", "TH": "psalm"}
_ENDS = {name[:-1] + name[-1].lower() for name in _TAKEN}
_LINES = frozenset({"CM", "CL", "CG", "CI", "PP", "PI"})


class Gbf:
    """Its tags, said to a composer. The numbers of words, which stand behind them, are left out."""

    def __init__(self, to: Composer) -> None:
        self._to = to

    def begins(self, name: str, has: Mapping[str, str], empty: bool) -> None:
        """A tag: one that closes is written as one that opens."""
        del has, empty
        if kind := _TAKEN.get(name):
            self._to.begin(kind)
        elif name in _ENDS:
            self._to.end()
        elif name in _LINES:
            self._to.gap()

    def ends(self, name: str) -> None:
        """There is none in GBF."""

    def text(self, said: str) -> None:
        """Between tags."""
        self._to.text(said.replace("\u00b6", ""))

    def finished(self) -> None:
        """What is open is closed with the verse."""
