"""What the containers of a cluster have said, each line with its time. Told, since none runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What was said, and when."""

    moment: datetime
    text: str

    def __str__(self) -> str:
        return f"{self.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z {self.text}"


class Logs:
    """By pod and container. A test says more with `say`, and with `cut` breaks what follows."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], list[Line]] = {}
        self.cuts = 0

    def tell(self, uid: str, said: Iterable[tuple[str, str]], moment: datetime) -> None:
        """What containers of that pod say at their start: the name of each, and a line."""
        begun = {container for pod, container in list(self._said) if pod == uid}
        for container, text in said:
            if container not in begun:
                self._said.setdefault((uid, container), []).append(Line(moment, text))

    def say(self, uid: str, container: str, text: str, moment: datetime) -> None:
        """One more line."""
        self._said.setdefault((uid, container), []).append(Line(moment, text))

    def cut(self) -> None:
        """Every connection that follows breaks."""
        self.cuts += 1

    def of(self, uid: str, container: str) -> list[Line]:
        """All that it has said."""
        return self._said.get((uid, container), [])

    def forget(self, uid: str) -> None:
        """The pod is gone."""
        for key in [key for key in list(self._said) if key[0] == uid]:
            del self._said[key]
