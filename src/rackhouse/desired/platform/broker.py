"""The broker on a cluster: one small pod that lends jobs what they may release with. Pure.

It is reached by runners alone, with a certificate of the rack's own authority, and reaches Gitea,
as people do, and the API server, as an account that may what `lending` and `previews` give it, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lightkube.models import core_v1 as k

from rackhouse.desired.embedded.ingress import AUTHORITY
from rackhouse.desired.kube.allow import from_, party, peer, to
from rackhouse.desired.kube.platform import BROKER, INGRESS, INGRESS_PODS
from rackhouse.desired.platform import forge, table
from rackhouse.desired.platform.pod import Pod, container, marks, size
from rackhouse.desired.platform.previews import previews
from rackhouse.desired.platform.space import Space
from rackhouse.resources.core import Id, Resource, Text
from rackhouse.resources.vault import Certificate

NAME = BROKER.service
ACCOUNT = "/account"  # the folder that says where the API server is, and who we are to it
KEYS = "/keys"
# Seconds that its own token is good for; the kubelet renews it before that.
_OWN = 3600


def broker(space: Space) -> Iterator[Resource[Any]]:
    """All of it, in a namespace of its own."""
    yield from space.opened()
    yield _certificate(space)
    yield space.home.secret(NAME, _keys(space))
    yield space.account(NAME)
    yield space.service(NAME, {"https": BROKER.port}, marks(NAME))
    yield space.several(NAME, _pod(space))
    yield space.policy(
        NAME,
        into=[from_(peer("runners"), at=[BROKER.port])],
        out=[to(party(INGRESS), at=[INGRESS.port, INGRESS_PODS]), *space.api_servers()],
    )
    yield from previews(space)


def host(space: Space) -> str:
    """The name in its certificate, at which pods find it: below Gitea's, that of no application."""
    return f"{NAME}.{forge.host(space)}"


def _certificate(space: Space) -> Resource[Any]:
    spec = Certificate(
        authority_certificate=Text.of(AUTHORITY.ref("certificate")),
        authority_key=Text.of(AUTHORITY.ref("key")),
        names=(host(space),),
    )
    return Resource(id=_id(space), spec=spec, keep=True)


def _keys(space: Space) -> dict[str, Text]:
    return {
        "tls.crt": Text.of(_id(space).ref("certificate")),
        "tls.key": Text.of(_id(space).ref("key")),
        "authority.pem": Text.of(AUTHORITY.ref("certificate")),
    }


def _id(space: Space) -> Id:
    return Id("vault", "certificate", f"{space.cluster}.broker")


def _pod(space: Space) -> Pod:
    kept = space.home.id("Secret", NAME)
    alive = k.HTTPGetAction(path="/healthz", port=BROKER.port, scheme="HTTPS")
    made = container(
        NAME,
        space.image(table.BROKER),
        size(table.BROKER, limit=256, cpu=500),
        command=("rackhouse", "broker"),
        args=(
            *("--gitea", f"https://{forge.host(space)}", "--port", str(BROKER.port)),
            *("--keys", KEYS, "--account", ACCOUNT),
        ),
        ports={"https": BROKER.port},
        reads={KEYS: "keys", ACCOUNT: "account"},
        probe=k.Probe(httpGet=alive, periodSeconds=5),
    )
    keys = k.SecretVolumeSource(secretName=NAME, defaultMode=0o440)
    return Pod(
        account=NAME,
        containers=(made,),
        volumes=(k.Volume(name="keys", secret=keys), _account()),
        holes=(kept.ref("version"),),
        needs=(kept,),
    )


def _account() -> k.Volume:
    """A token of its own account, for an hour, and who vouches for the API server."""
    token = k.ServiceAccountTokenProjection(path="token", expirationSeconds=_OWN)
    authority = k.ConfigMapProjection(
        name="kube-root-ca.crt", items=[k.KeyToPath(key="ca.crt", path="ca.crt")]
    )
    sources = [
        k.VolumeProjection(serviceAccountToken=token),
        k.VolumeProjection(configMap=authority),
    ]
    projected = k.ProjectedVolumeSource(sources=sources, defaultMode=0o440)
    return k.Volume(name="account", projected=projected)
