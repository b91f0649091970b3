"""What is wrong with a Dockerfile: rules of our own, since no engine is everywhere to try it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_FROM = re.compile(r"FROM (?:--platform=\S+ )?(?P<image>\S+)(?: AS (?P<stage>\S+))?", re.IGNORECASE)


def wrong(text: str, bases: Collection[str]) -> Iterator[str]:
    """One sentence for each thing. `bases`: the images that may be built on, as `name:tag`."""
    stages: set[str] = set()
    user = ""
    for line in _lines(text):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            yield from _of_base(line, bases, stages)
            user = ""
        elif word == "USER":
            user = rest
        elif word == "ADD":
            yield "ADD fetches and unpacks what nobody looked at: use COPY"
        elif word in {"ENV", "ARG"} and re.search(r"(?i)(password|token|secret)\s*=", rest):
            yield f"{word} keeps a secret in the image for ever"
        elif word == "RUN" and re.search(r"curl|wget|\|\s*(ba)?sh\b", rest):
            yield "RUN fetches what no lock names"
        elif word == "RUN" and "apt-get install" in rest:
            if "--no-install-recommends" not in rest or "rm -rf /var/lib/apt/lists" not in rest:
                yield "apt-get leaves more in the image than what was asked for"
        elif word == "COPY" and (named := set(re.findall(r"--from=(\S+)", rest)) - stages):
            yield f"COPY --from={named.pop()} names no stage above"
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", user):
        yield f"the last USER is {user or 'root'!r}, and no number of nobody's own"


def _of_base(line: str, bases: Collection[str], stages: set[str]) -> Iterator[str]:
    found = _FROM.fullmatch(line)
    assert found, line
    image, stage = found["image"], found["stage"]
    if image not in stages:
        name, _, digest = image.partition("@")
        if name not in bases and name != "scratch":
            yield f"{name} is not in the table of bases"
        if digest and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            yield f"{digest} is no digest"
        if name.endswith(":latest") or ":" not in name.rpartition("/")[2]:
            yield f"{name} may be another image tomorrow"
    if stage:
        stages.add(stage)


def _lines(text: str) -> Iterator[str]:
    """Instructions, those over several lines joined; without comments."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text))
    yield from (line for line in joined.splitlines() if line.strip())
