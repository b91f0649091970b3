"""Gitea on a cluster: repositories, the registry, who people are. One pod with one disk. Pure.

SQLite and its repositories lie on the same volume, so that one copy of it is a whole one. Nobody
clicks: its keys, its administrator and the token that runners register with come from the vault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k
from lightkube.models import networking_v1 as n
from lightkube.resources.networking_v1 import Ingress

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import from_, party, peer
from rackhouse.desired.kube.platform import FORGE, INGRESS
from rackhouse.desired.platform import table
from rackhouse.desired.platform.pod import Pod, Rights, container, marks, secret, size
from rackhouse.desired.platform.space import Space
from rackhouse.rack.platform import Forge
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Authority, Certificate, Password

NAME = FORGE.service
ADMIN = "rackhouse"
_RIGHTS = Rights(user=1000, group=1000)  # `git` of the image
_SECRETS = {  # what is under each key of its Secret: a value of the vault, so many characters long
    "admin": 32,
    "internal-token": 64,
    "runner-token": 40,
    "secret-key": 64,
}
# Another password in the vault is in force from the next start on.
_SETTLE = f"""\
set -eu
gitea migrate
if gitea admin user list --admin | awk '$2 == "{ADMIN}" {{ found = 1 }} END {{ exit !found }}'; then
  gitea admin user change-password --username {ADMIN} --password "$ADMIN" \
--must-change-password=false
else
  gitea admin user create --admin --username {ADMIN} --email "$EMAIL" --password "$ADMIN" \
--must-change-password=false
fi
"""


def forge(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in a namespace of its own."""
    yield from space.opened()
    for key, length in _SECRETS.items():
        yield Resource(id=value(space, key), spec=Password(length=length), keep=True)
    values = {key: Text.of(value(space, key).ref("value")) for key in _SECRETS}
    kept = space.home.secret(NAME, values)
    yield kept
    yield space.account(NAME)
    yield space.service(NAME, {"http": FORGE.port}, marks(NAME))
    said = space.rack.platform.forge or Forge()
    yield from space.single(NAME, _pod(space, kept.id), said.storage)
    yield space.budget(NAME)
    yield space.policy(
        NAME,
        into=[from_(party(INGRESS), peer("runners"), at=[FORGE.port])],
    )
    yield from _door(space)


def host(space: Space) -> str:
    """The name that repositories and images have in common."""
    return f"git.{space.rack.domain}"


def value(space: Space, key: str) -> Id:
    """The vault's id of one of its secrets."""
    return Id("vault", "secret", f"{space.cluster}.gitea.{key}")


def _pod(space: Space, kept: Id) -> Pod:
    image, room = space.image(table.GITEA), size(table.GITEA, limit=1024)
    mounts = {"/var/lib/gitea": "data:gitea", "/etc/gitea": "data:config"}
    env = _environment(space)
    admin = [
        secret("ADMIN", "admin", NAME),
        k.EnvVar(name="EMAIL", value=f"{ADMIN}@{space.rack.domain}"),
    ]
    first = container(
        "settle", image, room, args=("sh", "-c", _SETTLE), env=[*env, *admin], mounts=mounts
    )
    healthy = k.HTTPGetAction(path="/api/healthz", port=FORGE.port)
    server = container(
        NAME,
        image,
        room,
        env=[*env, secret("GITEA_RUNNER_REGISTRATION_TOKEN", "runner-token", NAME)],
        ports={"http": FORGE.port},
        mounts=mounts,
        probe=k.Probe(httpGet=healthy, periodSeconds=5),
    )
    return Pod(
        account=NAME,
        first=(first,),
        containers=(server,),
        rights=_RIGHTS,
        holes=(kept.ref("version"),),
        needs=(kept,),
        grace=60,  # a push that has begun
    )


def _environment(space: Space) -> list[k.EnvVar]:
    """Its settings, as its image takes them: `GITEA__section__KEY`."""
    said = {
        "actions__ENABLED": "true",
        "cron_0X2E_update_checker__ENABLED": "false",
        "database__DB_TYPE": "sqlite3",
        "packages__ENABLED": "true",
        "picture__DISABLE_GRAVATAR": "true",
        "security__INSTALL_LOCK": "true",
        "server__DISABLE_SSH": "true",
        "server__DOMAIN": host(space),
        "server__HTTP_PORT": str(FORGE.port),
        "server__LFS_START_SERVER": "true",
        "server__OFFLINE_MODE": "true",
        "server__ROOT_URL": f"https://{host(space)}/",
        "service__DISABLE_REGISTRATION": "true",
        "service__REQUIRE_SIGNIN_VIEW": "true",
        "webhook__ALLOWED_HOST_LIST": "private",
    }
    plain = [k.EnvVar(name=f"GITEA__{key}", value=it) for key, it in said.items()]
    return [
        *plain,
        secret("GITEA__security__SECRET_KEY", "secret-key", NAME),
        secret("GITEA__security__INTERNAL_TOKEN", "internal-token", NAME),
    ]


def _door(space: Space) -> Iterator[Resource[Any]]:
    """Whoever is in the house reaches it; what they see, they have to sign in for."""
    rack, home, name = space.rack, space.home, host(space)
    authority = Authority(f"Rackhouse {rack.name}", domains=(rack.domain,))
    yield Resource(id=AUTHORITY, spec=authority, keep=True)
    id = Id("vault", "certificate", f"{space.cluster}.gitea")
    spec = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=(name,),
    )
    yield Resource(id=id, spec=spec, keep=True)
    pair = {"tls.crt": Text.of(id.ref("certificate")), "tls.key": Text.of(id.ref("key"))}
    tls = home.secret("tls", pair, kind="kubernetes.io/tls")
    yield tls
    backend = n.IngressServiceBackend(name=NAME, port=n.ServiceBackendPort(number=FORGE.port))
    path = n.HTTPIngressPath(backend=n.IngressBackend(service=backend), path="/", pathType="Prefix")
    rule = n.IngressRule(host=name, http=n.HTTPIngressRuleValue(paths=[path]))
    metadata = home.metadata(
        NAME, marks(NAME), {"traefik.ingress.kubernetes.io/router.entrypoints": "websecure"}
    )
    spec_ = n.IngressSpec(
        ingressClassName="traefik",
        rules=[rule],
        tls=[n.IngressTLS(hosts=[name], secretName="tls")],
    )
    needs = {tls.id, home.id("Service", NAME)}
    yield home.made(Ingress(metadata=metadata, spec=spec_), needs=needs)
