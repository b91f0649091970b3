"""What the placeholders of one file may name, and templates that were checked against it. Pure.

`${metadata.*}` is replaced here, so that what is left are outputs of resources and service ports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from rackhouse.app import template
from rackhouse.app.model import Placeholder, ResourceType, Template
from rackhouse.app.reader import Reader, hint
from rackhouse.app.types import OFFERS
from rackhouse.kit.yaml import Kind, Node

Say = Callable[[str, str, str], None]  # rule, what, fix


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`resources`: types by name, None where the type is none of ours (said where it stands)."""

    reader: Reader
    metadata: Node
    resources: Mapping[str, ResourceType | None]
    ports: Collection[str]

    def template(self, node: Node, path: str) -> Template:
        """A text with placeholders."""
        return self._read(template.parse, self.reader.text(node, path), node, path)

    def command(self, node: Node, path: str) -> tuple[Template, ...]:
        """The words of a command, in which `$$` and `${HOME}` are the shell's."""
        words = [(item, f"{path}[{i}]") for i, item in enumerate(self.reader.sequence(node, path))]
        parse, text = template.parse_command, self.reader.text
        return tuple(self._read(parse, text(item, at), item, at) for item, at in words)

    def expand(self, text: str, node: Node, path: str) -> Template:
        """A text that stands elsewhere (in a file), its problems said at `node`."""
        return self._read(template.parse, text, node, path)

    def volume(self, node: Node, path: str) -> str:
        """The volume that `${resources.data}`, `${resources.data.source}` or `data` names."""
        text = self.reader.text(node, path)
        if text is None:
            return ""
        name = text.removeprefix("${resources.").removesuffix("}").removesuffix(".source")
        type_ = self.resources.get(name, ResourceType.VOLUME)
        if name not in self.resources:
            what = f"no resource is called {name!r}{hint(name, self.resources)}"
            fix = _declare(name, "volume")
            self.reader.say(node, "unknown-resource", path, what, fix)
        elif type_ not in {ResourceType.VOLUME, None}:
            fix = "mount a resource of type volume"
            self.reader.say(node, "not-a-volume", path, f"{name!r} is of type {type_}", fix)
        return name

    def _read(
        self, parse: Callable[[str], Template], text: str | None, node: Node, path: str
    ) -> Template:
        if text is None:
            return Template()
        if "\0" in text:
            what = "a NUL character can be in no variable, command or file"
            self.reader.say(node, "bad-value", path, what, "delete it")
        try:
            parts = parse(text).parts
        except template.TemplateError as error:
            self.reader.say(node, "placeholder", path, error.what, error.fix)
            return Template()

        def say(rule: str, what: str, fix: str) -> None:
            self.reader.say(node, rule, path, what, fix)

        return template.join(*(p if isinstance(p, str) else self._resolve(p, say) for p in parts))

    def _resolve(self, hole: Placeholder, say: Say) -> str | Placeholder:
        root, *keys = hole.keys
        if root == "metadata":
            return self._metadata(hole, keys, say)
        if root == "service":
            return self._port(hole, keys, say)
        return self._output(hole, keys, say)

    def _metadata(self, hole: Placeholder, keys: list[str], say: Say) -> str:
        node = self.metadata
        for key in keys:
            pairs = {k.text: value for k, value in node.pairs}
            if key not in pairs:
                what = f"{hole}: there is no {key!r} there{hint(key, pairs)}"
                say("unknown-metadata", what, "add it under metadata, or name what is there")
                return ""
            node = pairs[key]
        if node.kind is not Kind.SCALAR:
            say("unknown-metadata", f"{hole} is a {node.kind}, not a text", "name one value of it")
        return node.text

    def _port(self, hole: Placeholder, keys: list[str], say: Say) -> Placeholder:
        if len(keys) != 2 or keys[0] != "ports":
            say("placeholder", f"{hole} names no port", "write ${service.ports.NAME}")
        elif keys[1] not in self.ports:
            what = f"{hole}: no port is called {keys[1]!r}{hint(keys[1], self.ports)}"
            say("unknown-port", what, f"add `{keys[1]}:` under service.ports")
        return hole

    def _output(self, hole: Placeholder, keys: list[str], say: Say) -> Placeholder:
        name, output = [*keys, "", ""][:2]
        if name not in self.resources:
            what = f"{hole}: no resource is called {name!r}{hint(name, self.resources)}"
            say("unknown-resource", what, _declare(name, "..."))
            return hole
        type_ = self.resources[name]
        if type_ is None:
            return hole
        offer = OFFERS[type_]
        output = offer.aliases.get(output, output)
        if len(keys) == 2 and output in offer.outputs:
            return Placeholder(("resources", name, output))
        said = ".".join(keys[1:])
        what = f"{hole}: {type_} has no output {said!r}{hint(said, offer.outputs)}"
        what = what if said else f"{hole} names no output of {name!r}"
        say("unknown-output", what, f"use one of {', '.join(offer.outputs)}")
        return hole


def _declare(name: str, type_: str) -> str:
    return f"add `{name}: {{type: {type_}}}` under resources" if name else "name a resource"
