"""Server-side apply of one manifest: over what a person wrote, never over a controller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackhouse.kit.errors import NotReady, Refused, StepFailed
from rackhouse.resources.core import Id
from rackhouse.targets.kube import manifest, words
from rackhouse.targets.kube.fields import MANAGER, Live, is_hand
from rackhouse.targets.kube.pace import Pace
from rackhouse.targets.kube.server import APPLY, Answer, Server
from rackhouse.targets.protocol import Say

# What can be made anew when a field cannot be changed, since it holds nothing itself. A StatefulSet
# gives its volumes to the next of its name; its pod would have ended for a change all the same.
_ANEW: Mapping[str, str] = {
    "ClusterRoleBinding": "Background",
    "IngressClass": "Background",
    "Job": "Foreground",
    "PriorityClass": "Background",
    "RoleBinding": "Background",
    "RuntimeClass": "Background",
    "Secret": "Background",
    "StatefulSet": "Foreground",
    "StorageClass": "Background",
}


@dataclass(frozen=True)
class Applying:
    """On one server."""

    server: Server
    pace: Pace

    async def apply(
        self,
        id: Id,
        path: str,
        body: manifest.Body,
        there: Live | None,
        say: Say,
        *,
        keep: bool = True,
    ) -> Live:
        """It as the server has it then. Refused when others write fields of it, or it cannot be
        changed; what may be made anew, is, unless `keep`.
        """
        answer = await self._sent(id, path, body, say)
        if answer.code == 409 and words.is_conflict(answer.body) and there is not None:
            check_hands(id, answer.body, there)
            answer = await send(self.server, path, body, force=True)
        fixed = words.immutable(answer.body) if answer.code == 422 else ()
        if fixed and there is not None:
            await self._delete(id, path, there, fixed, say, keep=keep)
            answer = await send(self.server, path, body)
        if answer.code >= 400:
            raise words.refusal("", str(id), answer.code, answer.body)
        for warning in answer.warnings:
            say(f"the cluster warns: {warning}")
        live: Live = answer.body
        return live

    async def _sent(self, id: Id, path: str, body: manifest.Body, say: Say) -> Answer:
        """The answer, once whoever the server has to ask first is there to be asked."""
        told = ""
        async for _, last in self.pace.looks(self.pace.kind):
            answer = await send(self.server, path, body)
            busy = answer.code == 409 and not words.is_conflict(answer.body)  # a quota, counting
            if last or not (busy or answer.code >= 500):
                return answer
            error = words.refusal("", str(id), answer.code, answer.body)
            if not error.retry:
                return answer
            if error.what != told:
                say(f"waiting: {error.what}")
                told = error.what
        raise AssertionError("the last look has answered")

    async def _delete(
        self, id: Id, path: str, there: Live, fixed: Sequence[str], say: Say, *, keep: bool
    ) -> None:
        """So that it can be made anew."""
        names = ", ".join(fixed)
        if keep or id.kind not in _ANEW:
            fix = "remove it and apply again, where that is no loss; or write back what it was"
            raise StepFailed(f"{names} cannot be changed once it is there", where=str(id), fix=fix)
        say(f"{names} cannot be changed, so it is made anew")
        uid = there["metadata"]["uid"]
        body = {"propagationPolicy": _ANEW[id.kind], "preconditions": {"uid": uid}}
        await self.server.ask("DELETE", path, body=body, fine=(404,))
        async for _, last in self.pace.looks(self.pace.gone):
            left = await self.server.ask("GET", path, fine=(404,))
            if left is None or left["metadata"]["uid"] != uid:
                return
            if last:
                raise NotReady("the one before does not go", where=str(id), fix="run it again")


async def send(
    server: Server, path: str, body: manifest.Body, *, force: bool = False, dry: bool = False
) -> Answer:
    """One request, strict about fields that do not exist; its answer, whatever it is."""
    query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
    query |= {"force": "true"} if force else {}
    query |= {"dryRun": "All"} if dry else {}
    return await server.send("PATCH", path, query=query, body=body, kind=APPLY)


def check_hands(id: Id, status: words.Status, there: Live) -> None:
    """Refused when one of those who have the fields would write them again.

    What a person wrote by hand was shown in the plan. What was adopted is ours altogether.
    """
    stamp = manifest.stamp_of(there)
    if stamp is not None and stamp.digest == manifest.ADOPTED:
        return
    entries = there["metadata"].get("managedFields") or ()
    others = {each.get("manager") for each in entries if not is_hand(each)}
    hands = {each.get("manager") for each in entries if is_hand(each)} - others
    writers = {who: fields for who, fields in words.conflicts(status).items() if who not in hands}
    if writers:
        said = "; ".join(f"{', '.join(fields)} by {who!r}" for who, fields in writers.items())
        fix = "have only one of the two write them: take them out of the files, or stop the other"
        raise Refused(f"others write fields of it: {said}", where=str(id), fix=fix)
