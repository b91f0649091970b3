"""What the process is told by its environment. Read once, at the start."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from rackhouse.kit import serving
from rackhouse.kit.errors import FileError, Missing, Problem, RackhouseError, UsageError
from rackhouse.kit.files import mark_of
from rackhouse.services.gateway.model.config import Config

_log = logging.getLogger(__name__)
_REDIS = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Where spans go, as OpenTelemetry's own variables say; "" for nowhere. `share` from 0 to 1."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    service: str = "gateway"
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`host` and `port` where it listens; `models` the file of `Config`; the stores' addresses;
    `cache` a folder for what can be made again, such as the built-in embedder's model.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    models: Path = Path("models.json")
    database_url: str = ""
    redis_url: str = ""
    redis_prefix: str = ""
    cache: Path = Path(".cache/rackhouse/models")
    spans: Spans = Spans()


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """From HOST, PORT, GATEWAY_MODELS, DATABASE_URL, REDIS_URL, REDIS_PREFIX and GATEWAY_CACHE,
    which is in the user's own cache where nothing is said.
    """
    return Settings(
        host=environment.get("HOST", "127.0.0.1"),
        port=serving.port(environment),
        models=Path(environment.get("GATEWAY_MODELS", "models.json")),
        database_url=environment.get("DATABASE_URL", ""),
        redis_url=_redis(environment.get("REDIS_URL", "")),
        redis_prefix=environment.get("REDIS_PREFIX", ""),
        cache=Path(environment.get("GATEWAY_CACHE") or serving.own_cache(environment, "models")),
        spans=_spans(environment),
    )


def _redis(said: str) -> str:
    """What is wrong with it is not quoted: there may be a password in it."""
    if not said:
        return said
    try:
        parts = urlsplit(said)
        if parts.scheme in _REDIS and (parts.hostname or parts.path) and parts.port != 0:
            return said
    except ValueError:
        pass
    raise UsageError(
        "this is no address of a Redis",
        where="REDIS_URL",
        fix="say redis://USER:PASSWORD@HOST:PORT, with %2F for a / in the password",
    )


def _spans(environment: Mapping[str, str]) -> Spans:
    """From OTEL_EXPORTER_OTLP_[TRACES_]ENDPOINT and _HEADERS, OTEL_SERVICE_NAME and
    OTEL_TRACES_SAMPLER_ARG.
    """
    base = environment.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
    pairs = environment.get("OTEL_EXPORTER_OTLP_HEADERS", "").split(",")
    named = (pair.partition("=") for pair in pairs if "=" in pair)
    try:
        share = float(environment.get("OTEL_TRACES_SAMPLER_ARG") or 1.0)
    except ValueError:
        share = 1.0
    return Spans(
        url=_collector(
            environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", base and f"{base}/v1/traces")
        ),
        headers={name.strip(): unquote(value.strip()) for name, _, value in named},
        service=environment.get("OTEL_SERVICE_NAME", "gateway"),
        share=share,
    )


def _collector(said: str) -> str:
    """What is wrong with it is not quoted: there may be a password in it."""
    try:
        parts = urlsplit(said)
        good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        good = False
    if said and not good:
        raise UsageError(
            "this is no address of a collector",
            where="OTEL_EXPORTER_OTLP_ENDPOINT",
            fix="say http://HOST:PORT; a password goes into OTEL_EXPORTER_OTLP_HEADERS",
        )
    return said


class File:
    """The file of models, which may become another while the process serves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = mark_of(path)
        self.config = load(path)

    def changed(self) -> Config | None:
        """What it says now; None where that is the same, or cannot be read: that is logged once."""
        mark = mark_of(self._path)
        if mark is None or mark == self._mark:
            return None
        self._mark = mark
        try:
            config = load(self._path)
        except RackhouseError as error:
            _log.error("the file of models is passed over: %s", error)
            return None
        if config == self.config:
            return None
        self.config = config
        return config


def load(path: Path) -> Config:
    """The file. Missing where there is none, FileError where it is not as `Config` says."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Config)
    except OSError as error:
        raise Missing(
            f"the file of models cannot be read: {error.strerror}",
            where=str(path),
            fix="name one that can in GATEWAY_MODELS",
        ) from error
    except (ValueError, RecursionError) as error:
        problem = Problem(
            line=0, rule="models", path="", what=str(error), fix="render it from the rack file anew"
        )
        raise FileError(str(path), [problem]) from error
