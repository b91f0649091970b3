"""What each resource type gives and takes: one table, which provisioners follow exactly. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rackhouse.app.model import ResourceType


class Param(StrEnum):
    """What a param of a resource holds."""

    TEXT = "text"  # placeholders are expanded
    WORDS = "words"  # a list, or a text with commas; kept as "a,b"
    FLAG = "flag"  # true or false
    PORT = "port"  # of this application: the name or number of a service port; kept as its number


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a resource type is, its outputs, other words for them, and the params we read."""

    what: str
    outputs: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Param] = field(default_factory=dict)


_DATABASE = ("host", "port", "name", "database", "username", "password", "url")
_CACHE = ("host", "port", "username", "password", "url", "prefix")

OFFERS: Mapping[ResourceType, Offer] = {
    ResourceType.POSTGRES: Offer(
        what="a PostgreSQL database, and a role that owns it and reaches no other",
        outputs=_DATABASE,
        aliases={"user": "username"},
        params={"extensions": Param.WORDS},
    ),
    ResourceType.VECTOR: Offer(
        what="the same with pgvector in it",
        outputs=_DATABASE,
        aliases={"user": "username"},
        params={"extensions": Param.WORDS},
    ),
    ResourceType.REDIS: Offer(
        what="a user of the cache that reaches the keys and channels under `prefix` alone",
        outputs=_CACHE,
    ),
    ResourceType.QUEUE: Offer(
        what="a queue on the cache: as redis, with the queue's `name`",
        outputs=(*_CACHE, "name"),
    ),
    ResourceType.S3: Offer(
        what="a bucket, and a key that reaches it alone",
        outputs=("endpoint", "bucket", "region", "access_key", "secret_key", "url"),
        aliases={
            "access_key_id": "access_key",
            "secret_access_key": "secret_key",
            "aws_access_key_id": "access_key",
            "aws_secret_key": "secret_key",
        },
    ),
    ResourceType.ROUTE: Offer(
        what="a host name and path at which the ingress answers for a service port; a `host`"
        " without a dot is a name in the rack's domain, which several may share by their paths;"
        " with `keys` the application asks for keys of its own there, and nobody has to sign in",
        outputs=("host", "url", "path"),
        params={
            "host": Param.TEXT,
            "path": Param.TEXT,
            "port": Param.PORT,
            "keys": Param.FLAG,
        },
    ),
    ResourceType.VOLUME: Offer(
        what="a folder that stays when releases go; `shared` lets two releases have it at once",
        outputs=("source", "path"),
        params={"shared": Param.FLAG},
    ),
    ResourceType.LLM: Offer(
        what="a model behind the gateway, by the OpenAI API",
        outputs=("url", "key", "model"),
        aliases={"api-key": "key"},
        params={"model": Param.TEXT},
    ),
    ResourceType.MODELS: Offer(
        what="the file that the gateway is told by: models, keys and limits of the rack file",
        outputs=("path",),
    ),
    ResourceType.RETRIEVAL: Offer(
        what="collections of texts to search in, and a key that sees this application's alone;"
        " `resolver` is an application that knows the references in a query",
        outputs=("url", "key"),
        aliases={"api-key": "key"},
        params={"resolver": Param.TEXT},
    ),
    ResourceType.TENANTS: Offer(
        what="the file that retrieval is told by: the key of each application that asks it",
        outputs=("path",),
    ),
    ResourceType.SECRET: Offer(
        what="a value that a person sets: `rackhouse secret set APP NAME`",
        outputs=("value",),
    ),
    ResourceType.SERVICE: Offer(
        what="another application on this rack: its `id`, else the resource's own name",
        outputs=("name", "host", "port", "url"),
        params={"port": Param.TEXT},
    ),
    ResourceType.DNS: Offer(
        what="the application's own host name",
        outputs=("host",),
    ),
}

_NEAR: Mapping[ResourceType, tuple[str, ...]] = {
    ResourceType.POSTGRES: (
        *("postgresql", "postgres-instance", "pg", "database", "db", "sql", "mysql", "mariadb"),
        *("mssql", "oracle", "mongodb", "mongo", "sqlite", "cockroachdb", "elasticsearch"),
        *("opensearch", "snowflake"),
    ),
    ResourceType.VECTOR: ("pgvector", "qdrant", "weaviate", "milvus", "chroma", "pinecone"),
    ResourceType.REDIS: ("valkey", "memcached", "cache", "dragonfly", "redis-instance"),
    ResourceType.QUEUE: (
        *("amqp", "rabbitmq", "kafka", "kafka-topic", "nats", "sqs", "mqtt", "pubsub", "bullmq"),
        *("servicebus", "message-queue"),
    ),
    ResourceType.S3: ("minio", "bucket", "blob", "gcs", "azure-blob", "storage", "objects"),
    ResourceType.ROUTE: ("ingress", "http-route", "horizontal-route", "gateway", "tls-cert"),
    ResourceType.VOLUME: ("persistent-volume", "disk", "nfs", "folder", "pvc"),
    ResourceType.LLM: ("llm-model", "ollama", "openai", "model", "ai", "gpt", "docker-model"),
    ResourceType.RETRIEVAL: ("search", "rag", "meilisearch", "typesense", "vector-search"),
    ResourceType.SECRET: ("environment", "env", "vault", "config", "password", "api-key"),
    ResourceType.SERVICE: ("service-port", "workload", "application", "app", "workload-port"),
    ResourceType.DNS: ("domain", "hostname", "host"),
}


def nearest(word: str) -> ResourceType | None:
    """The type that does what `word` does elsewhere: mysql is near postgres, amqp near queue."""
    known = {name: type_ for type_, names in _NEAR.items() for name in names}
    return known.get(word.lower())
