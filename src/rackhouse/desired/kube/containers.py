"""Containers of an application as containers of a pod. Pure.

None is root, none can write where it came from, each has limits. What comes from the vault is read
from the application's one Secret; nothing of it is in a manifest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lightkube.models import core_v1 as k

from rackhouse.app.model import Container, HttpCheck, Runtime, Template
from rackhouse.desired.case import Case
from rackhouse.desired.kube import images, sizes
from rackhouse.desired.kube.files import Files
from rackhouse.desired.kube.platform import CONSOLE
from rackhouse.desired.kube.reach import check_listening
from rackhouse.desired.kube.texts import plain, word
from rackhouse.desired.listening import Listener, listeners, port_names
from rackhouse.desired.programs import check_port, start
from rackhouse.desired.provision import Provision
from rackhouse.desired.routes import access
from rackhouse.resources.core import Text
from rackhouse.resources.machine import Access

SECRET = "application"  # what the one Secret of an application is called

_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_EVERY = 5  # seconds between two looks
_PATIENCE = 24  # looks until a start has failed
_SECURITY = k.SecurityContext(
    allowPrivilegeEscalation=False,
    capabilities=k.Capabilities(drop=["ALL"]),
    readOnlyRootFilesystem=True,
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """One container, and what of it comes from the vault, by its key in the Secret."""

    container: k.Container
    secrets: Mapping[str, Text] = field(default_factory=dict)


def make(case: Case, container: Container, provision: Provision, files: Files) -> Made:
    """The container of that name, as it runs from the start of the pod to its end."""
    listener = listeners(case.app).get(container.name)
    command, args = _words(case, container, listener, provision)
    variables = _variables(case, container, listener, provision)
    secrets = {f"{container.name}.{name}": it for name, it in variables.items() if it.refs}
    probe = _probe(container, listener, provision)
    made = k.Container(
        name=container.name,
        image=images.reference(case, container),
        command=[word(it) for it in command] or None,
        args=[word(it) for it in args] or None,
        env=[_variable(container, *it) for it in sorted(variables.items())],
        ports=_ports(listener),
        readinessProbe=probe,
        startupProbe=_starting(probe),
        lifecycle=_draining(case) if listener and listener.ports else None,
        resources=sizes.size(container).requirements,
        securityContext=_SECURITY,
        volumeMounts=files.mounts(container),
    )
    return Made(container=made, secrets=secrets)


def _words(
    case: Case, container: Container, listener: Listener | None, provision: Provision
) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Command and arguments. An image's own program is left to it where the file names none."""
    if images.is_static(case):
        port = listener.ports[0].target if listener else 0
        return tuple(map(Text.of, images.static(case, port))), ()
    command = tuple(map(provision.fill, container.command))
    args = tuple(map(provision.fill, container.args))
    built = container.image == images.OWN and case.release.runtime is not Runtime.IMAGE
    if built:
        command, args = start(case, command, args), ()
    _check_words(case, container, (*command, *args))
    check_listening(case, container, map(str, (*command, *args)))
    return tuple(map(_bare, command)), tuple(map(_bare, args))


def _bare(text: Text) -> Text:
    """Without the holes that were refused already."""
    return Text.of(*(part for part in text.parts if isinstance(part, str)))


def _check_words(case: Case, container: Container, words: tuple[Text, ...]) -> None:
    if any(text.refs for text in words):
        case.say(
            f"containers.{container.name}",
            "secret-in-command",
            "a password in a command can be read by whoever may list pods",
            'put it into a variable, and name that: `command: [/bin/sh, -c, "exec program $NAME"]`'
            " where the program cannot read variables itself",
        )


def _variables(
    case: Case, container: Container, listener: Listener | None, provision: Provision
) -> dict[str, Text]:
    """The rack's own, which the file may overrule; where it listens, which it may not."""
    own = {
        "HOME": "/tmp",  # noqa: S108  a folder of its own, gone with the pod
        "RACKHOUSE_APPLICATION": case.app.name,
        "RACKHOUSE_RELEASE": case.release.tag,
    }
    if access(case) is Access.SIGNED_IN:
        keys = f"http://{CONSOLE.host}:{CONSOLE.port}/.well-known/jwks.json"
        own["RACKHOUSE_IDENTITY_KEYS"] = keys
    if case.release.runtime is Runtime.PYTHON:
        own["PYTHONUNBUFFERED"] = "1"
    if case.release.runtime is Runtime.NODE:
        own["NODE_ENV"] = "production"
    said = {name: provision.fill(value) for name, value in container.variables}
    _check_names(case, container)
    ports = {}
    if listener is not None:
        own["HOST"] = "0.0.0.0"  # noqa: S104  of the pod, which policies close
        ports = dict(
            zip(port_names(listener), (str(it.target) for it in listener.ports), strict=True)
        )
    return {
        **{name: Text.of(value) for name, value in own.items()},
        **said,
        **{name: Text.of(value) for name, value in ports.items()},
    }


def _check_names(case: Case, container: Container) -> None:
    for name, _ in container.variables:
        if not _VARIABLE.fullmatch(name):
            case.say(
                f"containers.{container.name}.variables",
                "bad-name",
                f"Kubernetes takes no variable called {name!r}",
                "use letters, digits, `_`, `-` and `.`, no digit first",
            )


def _variable(container: Container, name: str, value: Text) -> k.EnvVar:
    if not value.refs:
        return k.EnvVar(name=name, value=word(value))
    key = k.SecretKeySelector(name=SECRET, key=f"{container.name}.{name}")
    return k.EnvVar(name=name, valueFrom=k.EnvVarSource(secretKeyRef=key))


def _ports(listener: Listener | None) -> list[k.ContainerPort] | None:
    if listener is None:
        return None
    return [
        k.ContainerPort(containerPort=number)
        for number in sorted({it.target for it in listener.ports})
    ]


def _probe(container: Container, listener: Listener | None, provision: Provision) -> k.Probe | None:
    """Whether it can serve. No probe of life: a program that ends is started again as it is, and
    one whose database is away gains nothing by being killed.
    """
    check = container.check
    if isinstance(check, HttpCheck) and listener:
        port = listener.ports[check_port(listener, check)].target
        headers = [k.HTTPHeader(name=name, value=value) for name, value in check.headers]
        get = k.HTTPGetAction(path=check.path, port=port, httpHeaders=headers or None)
        return k.Probe(httpGet=get, periodSeconds=_EVERY, timeoutSeconds=3)
    if isinstance(check, tuple) and check:
        words = [plain(_bare(provision.fill(it))) for it in check]
        return k.Probe(exec=k.ExecAction(command=words), periodSeconds=_EVERY, timeoutSeconds=5)
    if listener:
        return k.Probe(
            tcpSocket=k.TCPSocketAction(port=listener.ports[0].target), periodSeconds=_EVERY
        )
    return None


def _starting(probe: k.Probe | None) -> k.Probe | None:
    """The same while it starts, more patiently."""
    if probe is None:
        return None
    return k.Probe(
        httpGet=probe.httpGet,
        exec=probe.exec,
        tcpSocket=probe.tcpSocket,
        timeoutSeconds=probe.timeoutSeconds,
        periodSeconds=_EVERY,
        failureThreshold=_PATIENCE,
    )


def _draining(case: Case) -> k.Lifecycle:
    """It serves on until the ingress has turned away, before it is told to stop."""
    seconds = max(1, round(case.app.drain))
    return k.Lifecycle(preStop=k.LifecycleHandler(sleep=k.SleepAction(seconds=seconds)))


def used(container: Container, provision: Provision) -> frozenset[str]:
    """The needs that a container names anywhere."""
    check = container.check if isinstance(container.check, tuple) else ()
    contents = [mount.content for mount in container.mounts if mount.content is not None]
    values = [value for _, value in container.variables]
    templates: tuple[Template, ...] = (
        *container.command,
        *container.args,
        *values,
        *check,
        *contents,
    )
    named = {name for template in templates for name in provision.used(template)}
    return frozenset(named | {mount.volume for mount in container.mounts if mount.volume})
