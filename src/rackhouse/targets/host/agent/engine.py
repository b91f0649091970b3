"""Looking, making and undoing, the same for every kind. Knows no kind by itself.

The order is what makes it safe to be killed anywhere: what was there before and the stamp are on
the disk before anything is touched, the state's digest last.
"""

from __future__ import annotations

import hashlib

from rackhouse.targets.host.agent import records, wire
from rackhouse.targets.host.agent.failure import Failure, told
from rackhouse.targets.host.agent.kinds import KINDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rackhouse.targets.host.agent.shapes import Before, Json, Kind, Say, Spec, State

_UNKEPT = ("content",)  # may hold secrets, and looking needs its digest alone


def observe(request: dict[str, Json], say: Say) -> Json:
    """What is there of `keys`, or (null) of everything that has a record."""
    keys = request["keys"]
    every = (records.read(key) for key in (records.keys() if keys is None else keys))
    return [_seen(record, _looked(record)) for record in every if record]


def ensure(request: dict[str, Json], say: Say) -> Json:
    """Make `spec` so; answer it as it is then."""
    key, spec = request["key"], request["spec"]
    kind = KINDS[request["as"]]
    with records.Lock(say):
        old = records.read(key)
        _refuse_other_rack(old, request["rack"])
        before = _before(kind, spec, old, say)
        done = old["done"] if old else None
        record = {name: request[name] for name in ("kind", "name", "as", "rack", "stamp")}
        record.update(before=before, done=done, found="", spec=_kept(spec))
        records.write(key, record)
        kind.make(spec, before, done, say)
        record["done"] = record["spec"]
        state = kind.look(record["spec"])
        record["found"] = _digest(state)
        records.write(key, record)
        return _seen(record, state)


def remove(request: dict[str, Json], say: Say) -> Json:
    """Put back what was there before, and forget it."""
    with records.Lock(say):
        record = records.read(request["key"])
        _refuse_other_rack(record, request["rack"])
        if record:
            KINDS[record["as"]].revert(record["before"], record["spec"], say)
            records.drop(request["key"])
    return None


def output(request: dict[str, Json], say: Say) -> Json:
    """The state's `sha256`, which is the output `digest`; null when there is none."""
    record = records.read(request["key"])
    state = KINDS[record["as"]].look(record["spec"]) if record else None
    return state.get("sha256") if state else None


def _before(kind: Kind, spec: Spec, old: dict[str, Json] | None, say: Say) -> Before:
    """What was there before, of each item of `spec`. Items that it no longer has are put back."""
    items, known = kind.items(spec), old["before"] if old else {}
    fresh = [item for item in items if item not in known]
    for item in fresh:
        kind.capture(item, spec)  # refuses a stranger's before anything is touched
    left = {item: was for item, was in known.items() if item not in items}
    if left and old:
        kind.revert(left, old["spec"], say)
    # Only now: what was put back may have shared a folder with what comes.
    return {item: known[item] if item in known else kind.capture(item, spec) for item in items}


def _looked(record: dict[str, Json]) -> State | None:
    """The state, or why it cannot be told: one thing in trouble does not hide the others."""
    try:
        return KINDS[record["as"]].look(record["spec"])
    except (Failure, OSError) as error:
        return {"why": told(error)["what"]}


def _seen(record: dict[str, Json], state: State | None) -> dict[str, Json]:
    why = "it is gone" if state is None else state.get("why", "")
    return {
        "kind": record["kind"],
        "name": record["name"],
        "rack": record["rack"],
        "stamp": record["stamp"],
        "made": record["found"],
        "found": _digest(state),
        "sha256": (state or {}).get("sha256", ""),
        "why": why,
    }


def _digest(state: State | None) -> str:
    """Of what lasts: `why` is a moment's."""
    lasting = {name: value for name, value in (state or {}).items() if name != "why"}
    return hashlib.sha256(wire.dumps(lasting).encode("utf-8", "replace")).hexdigest()


def _kept(spec: Spec) -> Spec:
    return {name: value for name, value in spec.items() if name not in _UNKEPT}


def _refuse_other_rack(record: dict[str, Json] | None, rack: str) -> None:
    if record and record["rack"] != rack:
        what = f"{record['kind']}/{record['name']} belongs to the rack {record['rack']!r}"
        raise Failure(what, "a machine has one rack: remove it from that one", "not-ours")
