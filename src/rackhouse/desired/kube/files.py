"""Files and volumes: what lies where in an application's containers. Pure.

Files with a value from the vault lie in the application's one Secret, the others in a ConfigMap.
"""

from __future__ import annotations

from collections.abc import Mapping

from lightkube.models import core_v1 as k

from rackhouse.app.model import Container, Mount, ResourceType
from rackhouse.desired.case import Case
from rackhouse.desired.kube.reach import mounted
from rackhouse.desired.kube.sizes import SCRATCH
from rackhouse.desired.kube.texts import plain, quantity
from rackhouse.desired.names import within
from rackhouse.desired.provision import Provision
from rackhouse.resources.core import Text

CONFIG = "files"  # the ConfigMap, and the pod's volume of it
_SECRET_VOLUME = "secret-files"
_SCRATCH = "scratch"
_LABEL = 63  # letters of a name


class Files:
    """The files of all containers of one application."""

    def __init__(
        self, case: Case, provision: Provision, used: Mapping[str, frozenset[str]]
    ) -> None:
        self._needs = {it.name for it in case.app.needs if it.type is ResourceType.VOLUME}
        self._used = used
        self._modes: dict[str, int] = {}
        self._texts: dict[str, Text] = {}
        self._told = {
            name: provision.of(name)
            for name in sorted(frozenset[str]().union(*used.values()))
            if provision.of(name).content.parts
        }
        self._texts |= {_told(need): it.content for need, it in self._told.items()}
        self._modes |= dict.fromkeys(map(_told, self._told), 0)
        for container in case.app.containers:
            for number, mount in enumerate(container.mounts):
                if not mount.volume:
                    self._place(case, container, number, mount, provision)

    @property
    def secrets(self) -> Mapping[str, Text]:
        """By key: those with a value from the vault."""
        return {key: text for key, text in self._texts.items() if text.refs}

    @property
    def plain(self) -> Mapping[str, str]:
        """By key: those without."""
        return {key: plain(text) for key, text in self._texts.items() if not text.refs}

    def mounts(self, container: Container) -> list[k.VolumeMount]:
        """Where a container finds them. Everywhere else it can only read."""
        found = [k.VolumeMount(name=_SCRATCH, mountPath="/tmp")]  # noqa: S108
        found += [
            k.VolumeMount(name=_volume(need), mountPath=mounted(need))
            for need in sorted(self._used[container.name] & self._needs)
        ]
        for need in sorted(self._used[container.name] & self._told.keys()):
            found.append(self._mounted(_told(need), plain(self._told[need].outputs["path"])))
        for number, mount in enumerate(container.mounts):
            if mount.volume:
                found.append(_of_volume(mount))
            elif (key := _key(container, number)) in self._texts:
                found.append(self._mounted(key, mount.target))
        return found

    def _mounted(self, key: str, target: str) -> k.VolumeMount:
        name = _SECRET_VOLUME if self._texts[key].refs else CONFIG
        return k.VolumeMount(name=name, mountPath=target, subPath=key, readOnly=True)

    def volumes(self, secret: str) -> list[k.Volume]:
        """The pod's volumes. `secret` is the name of the application's Secret."""
        scratch = k.EmptyDirVolumeSource(sizeLimit=quantity(SCRATCH))
        found = [k.Volume(name=_SCRATCH, emptyDir=scratch)]
        if self.plain:
            config = k.ConfigMapVolumeSource(name=CONFIG, items=self._items(self.plain))
            found.append(k.Volume(name=CONFIG, configMap=config))
        if self.secrets:
            source = k.SecretVolumeSource(secretName=secret, items=self._items(self.secrets))
            found.append(k.Volume(name=_SECRET_VOLUME, secret=source))
        asked = frozenset[str]().union(*self._used.values()) & self._needs
        for need in sorted(asked):
            claim = k.PersistentVolumeClaimVolumeSource(claimName=need)
            found.append(k.Volume(name=_volume(need), persistentVolumeClaim=claim))
        return found

    def _items(self, keys: Mapping[str, object]) -> list[k.KeyToPath]:
        modes = {key: self._modes[key] or None for key in keys}
        return [k.KeyToPath(key=key, path=key, mode=modes[key]) for key in sorted(keys)]

    def _place(
        self, case: Case, container: Container, number: int, mount: Mount, provision: Provision
    ) -> None:
        if mount.content is None:
            case.say(
                f"containers.{container.name}.files",
                "file-not-text",
                f"{mount.source!r} is no text, and would have to be put over the image",
                f"let the program read it where the image has it, at /app/{mount.source}",
            )
            return
        key = _key(container, number)
        self._modes[key] = mount.mode
        self._texts[key] = provision.fill(mount.content)


def _volume(need: str) -> str:
    """Not the need's own name, which may be that of another volume of the pod."""
    return within(f"data-{need}", _LABEL, "-")


def _told(need: str) -> str:
    return f"{need}.json"


def _key(container: Container, number: int) -> str:
    return f"{container.name}.file-{number}"


def _of_volume(mount: Mount) -> k.VolumeMount:
    return k.VolumeMount(
        name=_volume(mount.volume),
        mountPath=mount.target,
        subPath=mount.path or None,
        readOnly=mount.read_only or None,
    )
