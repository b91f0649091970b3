"""Random applications, in the normal form that parsing gives them."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from rackhouse.app.model import (
    App,
    Container,
    HttpCheck,
    Kind,
    Mount,
    Need,
    Placeholder,
    Release,
    ResourceType,
    Runtime,
    ServicePort,
    Template,
)
from rackhouse.app.template import join

names = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
texts = st.text(max_size=12)
numbers = st.integers(0, 2**40)
holes = st.builds(Placeholder, st.lists(texts, min_size=1, max_size=3).map(tuple))
templates = st.lists(texts | holes, max_size=4).map(lambda parts: join(*parts))
commands = st.lists(templates, max_size=3).map(tuple)
words = st.lists(texts, max_size=3).map(tuple)
pairs = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)

mounts = st.builds(
    Mount,
    target=texts,
    content=st.none() | templates,
    volume=texts,
    source=texts,
    mode=numbers,
    path=texts,
    read_only=st.booleans(),
)
checks = st.builds(HttpCheck, path=texts, port=numbers, headers=pairs)
containers = st.builds(
    Container,
    name=names,
    image=texts,
    command=commands,
    args=commands,
    variables=st.lists(st.tuples(texts, templates), max_size=3).map(tuple),
    mounts=st.lists(mounts, max_size=2).map(tuple),
    check=st.none() | checks | commands,
    memory_max=numbers,
    after=pairs,
)
values = texts | st.integers() | st.booleans() | templates.filter(lambda it: it != Template())
needs = st.builds(
    Need,
    name=names,
    type=st.sampled_from(ResourceType),
    params=st.lists(st.tuples(texts, values), max_size=3).map(tuple),
    id=texts,
    line=numbers,
)
releases = st.builds(
    Release,
    number=numbers,
    digest=texts,
    snapshot=texts,
    runtime=st.sampled_from(Runtime),
    manifest=texts,
    packages=texts,
    build=words,
)
apps = st.builds(
    App,
    name=names,
    uid=texts,
    kind=st.sampled_from(Kind),
    containers=st.lists(containers, max_size=2).map(tuple),
    ports=st.lists(
        st.builds(ServicePort, name=names, port=numbers, target=numbers), max_size=2
    ).map(tuple),
    needs=st.lists(needs, max_size=3).map(tuple),
    schedule=texts,
    timezone=texts,
    expires=st.none() | st.dates(min_value=date(2000, 1, 1)),
    access=texts,
    exposure=texts,
    public=st.booleans(),
    before=words,
    build=words,
    drain=st.floats(0, 1e6),
    replicas=st.tuples(numbers, numbers),
    internet=st.booleans(),
    folder=texts,
    package=texts,
    release=st.none() | releases,
    annotations=pairs,
)
