"""The workflow file as act gets it: what Rackhouse does itself is taken out, or a step. Pure.

`services:` go, since act would want Docker for them. A job that caches gets a last step that saves,
since an action that is made of steps has no step after the others. All else stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

_CACHES = re.compile(r"actions/cache@")
_PORT = re.compile(r"job\.services\.([\w-]+)\.ports(?:\[\s*'?(\d+)'?\s*\]|\.(\d+))")
Ports = Mapping[tuple[str, str], int]
_SAVE = """
name: Post actions/cache
if: success()
shell: sh
run: '"$RACKHOUSE_PYTHON" -I -S "$RACKHOUSE_ACTIONS/cache.py" post'
"""


def rewrite(
    text: str,
    ports: Ports,
    *,
    in_turn: bool = False,
    calls: Mapping[str, str] | None = None,
    called: bool = False,
) -> str:
    """`text` for act. `ports`: (service, port inside) to the port on this machine.

    `in_turn`: jobs share a service, so of each matrix one runs at a time. `calls`: by
    job, where the workflow that it is lies, rewritten too. `called`: it is one of these, of which
    act then speaks by its file and not by its `name`.
    """
    document = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(document, yaml.MappingNode):
        return text
    if called:
        document.value = [pair for pair in document.value if pair[0].value != "name"]
    seen: set[int] = set()
    jobs = _get(document, "jobs")
    for key, job in jobs.value if isinstance(jobs, yaml.MappingNode) else ():
        if isinstance(job, yaml.MappingNode) and id(job) not in seen:
            job.value = [(key, value) for key, value in job.value if key.value != "services"]
            _save_caches(_get(job, "steps"))
            _call(_get(job, "uses"), (calls or {}).get(key.value))
            if in_turn:
                _one_at_a_time(_get(job, "strategy"))
            seen.add(id(job))  # an alias is the same node
    written = yaml.serialize(document, Dumper=yaml.SafeDumper, width=1_000_000)
    return _PORT.sub(lambda found: _port(found, ports), str(written))


def _save_caches(steps: yaml.Node | None) -> None:
    if not isinstance(steps, yaml.SequenceNode):
        return
    uses = (_get(step, "uses") for step in steps.value)
    if any(one is not None and _CACHES.search(str(one.value)) for one in uses):
        steps.value.append(_parsed(_SAVE))


def _call(uses: yaml.Node | None, copy: str | None) -> None:
    if copy and isinstance(uses, yaml.ScalarNode):
        uses.value = copy


def _one_at_a_time(strategy: yaml.Node | None) -> None:
    if isinstance(strategy, yaml.MappingNode):
        said = [pair for pair in strategy.value if pair[0].value != "max-parallel"]
        strategy.value = [*said, *_parsed("max-parallel: 1").value]


def _parsed(text: str) -> yaml.MappingNode:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(node, yaml.MappingNode)
    return node


def _port(found: re.Match[str], ports: Ports) -> str:
    name, inside = found[1], found[2] or found[3]
    number = ports.get((name, inside))
    return found[0] if number is None else f"'{number}'"


def _get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
