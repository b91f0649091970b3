"""Images: pulled by digest or loaded from an archive, and held by a tag of this rack's own.

With the tag the engine keeps the image while we want it, and gives it up when nobody else does. The
store remembers whether we brought it: an image that was there before is a stranger's too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rackhouse.kit.errors import HostError, Refused
from rackhouse.resources.core import Id, Resource, Values
from rackhouse.resources.docker import Image
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.targets.docker import archive, names
from rackhouse.targets.docker.engine import CONFLICT, NOT_FOUND
from rackhouse.targets.docker.ground import Ground
from rackhouse.targets.docker.progress import Progress
from rackhouse.targets.protocol import Say

_BY_CONTENT = re.compile(r"([^@\s]+@)?sha256:[0-9a-f]{64}")
_BROUGHT = "brought"


class Images:
    """`docker.<node>/image/<name>`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._engine = ground.engine

    async def look(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """By our tags and our stamps. There are no strangers: an image is its content."""
        held = await self._held()
        stamped = self._ground.store.stamps(self._ground.target)
        known = {id for id in stamped if id.kind == "image"} | held.keys()
        wanted = known if ids is None else known & set(ids)
        return [self._seen(id, held.get(id, "")) for id in sorted(wanted)]

    async def ensure(self, resource: Resource[Image], stamp: Stamp, _: Values, say: Say) -> Seen:
        """Have it, hold it by our tag, and stamp it."""
        id, spec = resource.id, resource.spec
        _check(spec)
        content = await self._content(spec.reference)
        brought = {*self._brought(id), *(() if content else await self._brings(spec))}
        self._ground.begin(id, stamp)
        self._remember(id, brought)
        if not content:
            content = await self._bring(spec, say)
        await self._hold(id, content)
        others = {name for name in brought if name.rpartition("=")[2] != spec.reference}
        await self._drop(others)
        self._remember(id, brought - others)
        self._ground.finish(id, stamp, content)
        return self._seen(id, content)

    async def remove(self, seen: Seen, say: Say) -> None:
        """Let go of it; the engine deletes what nobody else names or runs."""
        repository, tag = names.image_tag(self._ground.rack, seen.id.name)
        say(f"letting go of the image {seen.id.name}")
        if not await self._delete(f"{repository}:{tag}"):
            raise Refused(
                f"a container runs from {seen.id} that this rack did not make",
                where=self._engine.where,
                fix="`docker ps -a` there shows it; remove it first",
            )
        await self._drop(self._brought(seen.id))
        self._ground.forget(seen.id)

    async def output(self, id: Id, name: str) -> str:
        """`id`, as containers name their image. KeyError when there is none."""
        if name != "id":
            raise KeyError(name)
        return (await self._held())[id]

    async def _held(self) -> dict[Id, str]:
        """What our tags are on."""
        repository, _ = names.image_tag(self._ground.rack, "any")
        images = await self._engine.ask(
            "GET", "/images/json", query={"filters": {"reference": [f"{repository}:*"]}}
        )
        return {
            self._ground.id("image", tag.rpartition(":")[2]): image["Id"]
            for image in images
            for tag in image["RepoTags"] or ()
            if tag.startswith(f"{repository}:")
        }

    async def _content(self, reference: str) -> str:
        """The id of the image that is called so; empty when there is none."""
        image = await self._engine.ask("GET", f"/images/{reference}/json", fine=(NOT_FOUND,))
        return str(image["Id"]) if image else ""

    async def _hold(self, id: Id, content: str) -> None:
        """By our tag. What had it before is let go of."""
        repository, tag = names.image_tag(self._ground.rack, id.name)
        held = await self._content(f"{repository}:{tag}")
        if held == content:
            return
        if held:
            await self._delete(f"{repository}:{tag}")
        query = {"repo": repository, "tag": tag}
        await self._engine.ask("POST", f"/images/{content}/tag", query=query)

    async def _brings(self, spec: Image) -> Collection[str]:
        """The names that come with it: `name@sha256:...`, or `name=id` for an archive's tags.

        Refused when another image has one of them.
        """
        if not spec.archive:
            return (spec.reference,)
        tags = await archive.names_in(spec.archive, spec.reference)
        for tag in tags:
            if await self._content(tag):
                raise Refused(
                    f"another image is called {tag} there, and would lose its name",
                    where=self._engine.where,
                    fix=f"`docker tag` that one otherwise, or save {spec.archive} without its name",
                )
        return [f"{tag}={spec.reference}" for tag in tags]

    def _brought(self, id: Id) -> Collection[str]:
        kept = self._ground.store.values(id)
        return kept[_BROUGHT].reveal().split() if kept else ()

    def _remember(self, id: Id, brought: Collection[str]) -> None:
        """Before it comes: killed after that, it is there at the next look, and still ours."""
        if set(self._brought(id)) != set(brought):
            self._ground.store.replace(id, {_BROUGHT: " ".join(sorted(brought))})

    async def _drop(self, brought: Collection[str]) -> None:
        """These names, unless they are another image's by now, or a container needs them."""
        for one in brought:
            name, _, content = one.partition("=")
            if "@" in name or await self._content(name) == content:
                await self._delete(name)

    async def _bring(self, spec: Image, say: Say) -> str:
        if spec.archive:
            await archive.load(self._engine, spec.archive, say)
        else:
            progress = Progress(spec.reference.partition("@")[0], say)
            async for told in self._engine.lines(
                "POST", "/images/create", query={"fromImage": spec.reference}
            ):
                progress.heard(told)
        if content := await self._content(spec.reference):
            return content
        raise HostError(
            f"{spec.reference} was brought and is not there",
            where=self._engine.where,
            fix="run it again",
        )

    async def _delete(self, reference: str) -> bool:
        """False when a container needs it."""
        fine = (NOT_FOUND, CONFLICT)
        await self._engine.ask("DELETE", f"/images/{reference}", fine=fine)
        return not await self._content(reference)

    def _seen(self, id: Id, content: str) -> Seen:
        stamp = self._ground.store.stamp(id) or Stamp(rack=self._ground.rack, digest="")
        why = "" if content else "it is gone"
        return Seen(
            id=id, stamp=stamp, found=content, version=content or "1", ready=not why, why=why
        )


def _check(spec: Image) -> None:
    if not _BY_CONTENT.fullmatch(spec.reference) or bool(spec.archive) == ("@" in spec.reference):
        raise Refused(
            f"the image {spec.reference!r} is not named by its content",
            fix="name@sha256:... for one that is pulled (`docker image inspect` shows it as its"
            " RepoDigests), sha256:... (its Id) for one in an archive",
        )
