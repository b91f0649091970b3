"""What a program's dependencies say that it needs: a client library asks for its server. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rackhouse.app.inference.deps import node_dependencies, python_dependencies
from rackhouse.app.inference.draft import Draft, Listing, Words

_CLIENTS: Mapping[str, tuple[str, ...]] = {  # the first type whose client is there is taken
    "vector": ("pgvector",),
    "postgres": (
        *("psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000", "aiopg"),
        *("pg", "postgres", "pg-promise", "slonik", "@prisma/adapter-pg"),
    ),
    "redis": (
        *("redis", "aioredis", "rq", "arq", "coredis", "django-redis", "celery[redis]"),
        *("ioredis", "bullmq", "bull", "@redis/client", "connect-redis"),
    ),
    "s3": (
        *("boto3", "aioboto3", "aiobotocore", "minio", "s3fs", "obstore", "django-storages[s3]"),
        *("@aws-sdk/client-s3", "aws-sdk"),
    ),
}
_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "postgres": {"DATABASE_URL": "url"},
    "vector": {"DATABASE_URL": "url"},
    "redis": {"REDIS_URL": "url", "REDIS_PREFIX": "prefix"},
    "s3": {
        "AWS_ENDPOINT_URL_S3": "endpoint",
        "AWS_REGION": "region",
        "AWS_ACCESS_KEY_ID": "access_key",
        "AWS_SECRET_ACCESS_KEY": "secret_key",
        "S3_BUCKET": "bucket",
    },
}
_PREFIX = "Its keys and channels in Redis begin with $REDIS_PREFIX; others are refused."
_NAMES = {"postgres": "db", "vector": "db", "redis": "cache", "s3": "bucket"}


def with_needs(draft: Draft, listing: Listing) -> Draft:
    """The draft with the needs that its dependencies show and it does not have yet."""
    if any(name == "rackhouse.dev/folder" for name, _ in draft.annotations):
        return draft
    known = python_dependencies(listing) | node_dependencies(listing)
    needs = dict(draft.needs)
    notes: Words = (_PREFIX,) if "redis" in needs.values() else ()
    for type_, clients in _CLIENTS.items():
        client = next((name for name in clients if name in known), "")
        alike = {"postgres", "vector"} if type_ in {"postgres", "vector"} else {type_}
        if client and not alike.intersection(needs.values()):
            name = _NAMES[type_] if _NAMES[type_] not in needs else f"{_NAMES[type_]}-{type_}"
            needs[name] = type_
            words = ", ".join(_VARIABLES[type_])
            notes += (f"{client} is among the dependencies: {type_}, as {words}.",)
            notes += (_PREFIX,) if type_ == "redis" else ()
    return _told(replace(draft, needs=tuple(needs.items()), notes=draft.notes + notes))


def _told(draft: Draft) -> Draft:
    """Every need that no variable speaks of gets its usual variables, in each own program."""
    said = " ".join(value for it in draft.programs for _, value in it.variables)
    usual = {
        variable: f"${{resources.{name}.{output}}}"
        for name, type_ in draft.needs
        for variable, output in _VARIABLES.get(type_, {}).items()
        if f"${{resources.{name}." not in said or output == "prefix"
    }
    programs = tuple(
        replace(it, variables=tuple({**usual, **dict(it.variables)}.items()))
        if it.image == "."
        else it
        for it in draft.programs
    )
    return replace(draft, programs=programs)
