"""JSON with holes: what is written now, with values in it that exist only later. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from rackhouse.resources.core import Ref, Text

Value = str | int | float | bool | Ref | Text | Sequence["Value"] | Mapping[str, "Value"]


def dumps(value: Value) -> Text:
    """One line. A hole stands between quotes as it is, so its value must need no escape there; nor
    may a text that has some.
    """
    if isinstance(value, Ref | Text):
        return Text.of('"', value, '"')
    if isinstance(value, Mapping):
        pairs = [Text.of(json.dumps(key), ":", dumps(each)) for key, each in value.items()]
        return Text.of("{", *_joined(pairs), "}")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Text.of("[", *_joined([dumps(each) for each in value]), "]")
    return Text.of(json.dumps(value))


def _joined(texts: Sequence[Text]) -> list[Text | str]:
    return [piece for text in texts for piece in (",", text)][1:]
