"""A store that cannot be reached is told of once, with why and what to look at, and once more when
it is back.
"""

from __future__ import annotations

import logging


class Outage:
    """Of one store, whose address is in the variable `named`; told in `log`."""

    def __init__(self, store: str, named: str, log: logging.Logger) -> None:
        self._store = store
        self._named = named
        self._log = log
        self._away = self._sure = False

    def missed(self, why: str, *, sure: bool = True) -> None:
        """It does not answer. Told again where the first time nobody was `sure` why."""
        if not self._away or (sure and not self._sure):
            self._log.warning(
                "%s is away: %s. Look whether it runs, and whether %s names its host, port,"
                " user and password",
                *(self._store, why.rstrip(".?"), self._named),
            )
            self._sure = sure
        self._away = True

    def seen(self) -> None:
        """It answers."""
        if self._away:
            self._log.warning("%s is back", self._store)
        self._away = self._sure = False
