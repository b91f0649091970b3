"""With what people sign in to the rack's own Gitea the first time. Asks nobody."""

from __future__ import annotations

from rackhouse.apply.open import OpenRack
from rackhouse.desired.platform import forge
from rackhouse.desired.platform.wanted import first
from rackhouse.desired.repositories import admin_password, first_password
from rackhouse.kit.errors import Missing
from rackhouse.kit.text import did_you_mean
from rackhouse.resources.core import Hidden


def password(house: OpenRack, person: str) -> Hidden:
    """Of its administrator, or of one of the rack file's `keepers`. Missing: it has none yet."""
    cluster = first(house.rack)
    said = house.rack.platform.forge
    known = {name: first_password(cluster, name) for name in (said.keepers if said else ())}
    known[forge.ADMIN] = admin_password(house.rack, cluster)
    if person not in known:
        what = f"the rack file has no keeper {person!r}.{did_you_mean(person, known)}"
        raise Missing(what, fix=f"platform: {{forge: {{keepers: [{person}]}}}}")
    values = house.store.values(known[person])
    if "value" not in values:
        raise Missing(f"{person} has no account yet", fix="`rackhouse apply`")
    return values["value"]
