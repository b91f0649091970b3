"""What the rack's apply granted to one application: as text for a release of it, and back. Pure.

No value of a secret is in it: its holes are versions. Of other applications it has as little as
compiling this one takes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rackhouse.app import codec, graph
from rackhouse.app.model import App, Need, Release, ResourceType, Runtime, Template
from rackhouse.rack.load import load
from rackhouse.rack.model import Rack
from rackhouse.rack.write import write
from rackhouse.resources.clusters import previews
from rackhouse.resources.core import Id, Ref, Resource, Text

_VERSION = "version."
# Which one neighbours run says nothing here, so that theirs make no news.
_SOME = Release(number=0, digest="", snapshot="", runtime=Runtime.IMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """`app` is as it was then, `beside` are those that it speaks to and those that speak to it.

    Of these it has what is seen from outside. `given` are the secrets that a person set. `held` has
    the digest of everything that a release leaves as it is, `versions` the version of what its pods
    read. `preview_of` names the application that it is a preview of; "" for one that is none.
    """

    rack: Rack
    cluster: str
    app: App
    beside: tuple[App, ...]
    given: frozenset[str]
    held: Mapping[Id, str]
    versions: Mapping[Id, str]
    preview_of: str = ""

    @property
    def keeper(self) -> str:
        """Who stamps what is made of it: the rack, or its previews."""
        return previews(self.rack.name) if self.preview_of else self.rack.name


def texts(
    rack: Rack,
    cluster: str,
    app: App,
    beside: Sequence[App],
    given: Collection[str],
    *,
    held: Collection[Resource[Any]],
    read: Collection[Ref],
    preview_of: str = "",
) -> dict[str, Text]:
    """As the keys of a Secret; `read` are the versions that pods name."""
    others = [codec.encode(_from_outside(it)) for it in beside]
    own = sorted(it for it in given if it.partition(".")[0] == app.name)
    return {
        "rack.yaml": Text.of(write(rack)),
        "cluster": Text.of(cluster),
        "application": Text.of(codec.encode(replace(app, kept=()))),
        "beside": Text.of(json.dumps(others)),
        "given": Text.of(json.dumps(own)),
        **({"preview-of": Text.of(preview_of)} if preview_of else {}),
        "held": Text.of(json.dumps({str(it.id): it.digest for it in held}, sort_keys=True)),
        **{f"{_VERSION}{i}": Text.of(f"{ref.to}=", ref) for i, ref in enumerate(sorted(read))},
    }


def _from_outside(app: App) -> App:
    """What whoever speaks to it has to know: its ports, and who may enter. No command, no variable
    and no file of it, as every pusher of its neighbour reads this.
    """
    ways = {ResourceType.ROUTE, *graph.SPEAKS}
    needs = (replace(it, params=_port(it)) for it in app.needs if it.type in ways)
    return App(
        name=app.name,
        uid=app.uid,
        kind=app.kind,
        ports=app.ports,
        needs=tuple(needs),
        access=app.access,
        release=_SOME,
    )


def _port(need: Need) -> tuple[tuple[str, str | int | bool | Template], ...]:
    return tuple((key, value) for key, value in need.params if key == "port")


def granted(values: Mapping[str, str]) -> Granted:
    """The inverse. ValueError when it is none of ours."""
    told = (text for key, text in values.items() if key.startswith(_VERSION))
    try:
        return Granted(
            rack=load(values["rack.yaml"]),
            cluster=values["cluster"],
            app=codec.decode(values["application"]),
            beside=tuple(map(codec.decode, json.loads(values["beside"]))),
            given=frozenset(json.loads(values["given"])),
            held={Id.parse(id): digest for id, digest in json.loads(values["held"]).items()},
            versions={Id.parse(id): it for id, _, it in (text.partition("=") for text in told)},
            preview_of=values.get("preview-of", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this says nothing of what was granted") from error
