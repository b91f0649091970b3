"""A wanted container as an engine takes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rackhouse.kit.errors import Refused
from rackhouse.resources.core import Id, Text, Values
from rackhouse.resources.docker import AliveHealth, CommandHealth, Container, HttpHealth, Mount
from rackhouse.resources.seen import Stamp
from rackhouse.targets.docker import names

_NANO = 10**9  # the engine counts a health check's times in nanoseconds


def body(spec: Container, stamp: Stamp, values: Values) -> dict[str, Any]:
    """What to post. Its secrets are no part of it; its second and later networks neither."""
    ports: dict[str, list[dict[str, str]]] = {
        f"{port.container}/{port.protocol}": [] for port in spec.ports
    }
    for port in spec.ports:
        ports[f"{port.container}/{port.protocol}"].append(
            {"HostIp": port.address, "HostPort": str(port.host)}
        )
    made: dict[str, Any] = {
        "Image": spec.image.fill(values),
        "Env": [f"{name}={value.fill(values)}" for name, value in spec.environment],
        "User": spec.user,
        "ExposedPorts": {port: {} for port in ports},
        "Labels": _labels(spec, stamp, values),
        "StopSignal": spec.stop_signal,
        "StopTimeout": round(spec.grace),
        "HostConfig": _host(spec) | {"PortBindings": ports},
    }
    if spec.command:
        made["Cmd"] = [word.fill(values) for word in spec.command]
    if isinstance(spec.health, CommandHealth):
        made["Healthcheck"] = {
            "Test": ["CMD", *spec.health.command],
            "Interval": round(spec.health.every * _NANO),
            "Timeout": round(spec.health.timeout * _NANO),
            "StartPeriod": round(spec.patience * _NANO),
            "StartInterval": _NANO,  # from API 1.44 on; engines before it wait a whole interval
            "Retries": 3,
        }
    else:
        made["Healthcheck"] = {"Test": ["NONE"]}  # the image's own check is not what was asked for
    return made


def refuse_shown_secrets(id: Id, spec: Container) -> None:
    """Refused when a value of the vault would be where the engine shows it to whoever asks."""
    for what, text in _shown(spec):
        if any(ref.to.target == "vault" for ref in text.refs):
            raise Refused(
                f"{what} of {id} takes a value from the vault, and `docker inspect` would show it",
                fix="make it one of `secrets`, and let the program read /run/secrets/NAME",
            )


def _shown(spec: Container) -> Iterator[tuple[str, Text]]:
    yield "the image", spec.image
    for word in spec.command:
        yield "the command", word
    for name, value in spec.environment:
        yield f"the variable {name}", value
    if isinstance(spec.health, HttpHealth):
        yield "the health check", spec.health.url


def _labels(spec: Container, stamp: Stamp, values: Values) -> Mapping[str, str]:
    ours = names.labels(stamp)
    if isinstance(spec.health, HttpHealth):
        ours[names.ANSWERS] = spec.health.url.fill(values)
    return dict(spec.labels) | ours


def _host(spec: Container) -> dict[str, Any]:
    return {
        "Memory": spec.memory,
        "Mounts": [_mount(mount) for mount in spec.mounts],
        "RestartPolicy": {"Name": spec.restart.value},
        "NetworkMode": names.on_engine(spec.networks[0]) if spec.networks else "default",
        "DeviceRequests": [_gpus(spec.gpus)] if spec.gpus else [],
    }


def _mount(mount: Mount) -> dict[str, Any]:
    return {
        "Type": "volume" if mount.volume else "bind",
        "Source": names.on_engine(mount.volume) if mount.volume else mount.folder,
        "Target": mount.path,
        "ReadOnly": mount.read_only,
    }


def _gpus(ids: tuple[str, ...]) -> dict[str, Any]:
    which = {"Count": -1} if ids == ("all",) else {"DeviceIDs": list(ids)}
    return {"Capabilities": [["gpu"]], **which}


def settles(spec: Container) -> float:
    """Seconds that it has to run before it counts as healthy."""
    return spec.health.seconds if isinstance(spec.health, AliveHealth) else 0.0
