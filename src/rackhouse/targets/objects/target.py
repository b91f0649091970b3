"""S3 as a target: a bucket, and a user with one key, for each application that asks for one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from rackhouse.kit.errors import HostError, Missing, NotOurs
from rackhouse.resources.core import Hidden, Id, Ref, Resource, Values
from rackhouse.resources.objects import Bucket
from rackhouse.resources.seen import Seen, Stamp
from rackhouse.store.protocol import Store
from rackhouse.targets.fingerprint import Fingerprint
from rackhouse.targets.objects.access import policy
from rackhouse.targets.objects.client import Client, texts
from rackhouse.targets.objects.sigv4 import Key
from rackhouse.targets.protocol import Say

_POLICY = "own-bucket"
_GONE = ("NoSuchEntity",)
_THERE = ("EntityAlreadyExists",)
_SOME = 8  # requests at once


class Objects:
    """Buckets of one server: a `Target`. The user of a bucket is called as the bucket is."""

    def __init__(self, name: str, *, rack: str, client: Client, store: Store) -> None:
        self._name = name
        self._rack = rack
        self._client = client
        self._store = store
        self._fingerprint = Fingerprint(store)
        self._turns = asyncio.Semaphore(_SOME)
        self._one_writer = asyncio.Lock()  # IAM reads, changes and writes all users at once

    async def observe(self, ids: Collection[Id] | None) -> Sequence[Seen]:
        """Buckets with a stamp in the store; of `ids`, also those that exist without."""
        stamps = self._store.stamps(self._name)
        if ids is None:
            ids = [id for id, stamp in stamps.items() if stamp.rack == self._rack]
        buckets = await self._buckets()
        wanted = sorted(id for id in ids if id in stamps or id.name in buckets)
        return await asyncio.gather(*(self._seen(id, buckets) for id in wanted))

    async def ensure(self, resource: Resource[Any], stamp: Stamp, values: Values, say: Say) -> Seen:
        """The bucket, its user, what that may do, its key; and try that key."""
        id, spec = resource.id, resource.spec
        key = Key(spec.access_key.fill(values), spec.secret_key.fill(values))
        async with self._one_writer:
            buckets = await self._buckets()
            await self._refuse_strangers(id, spec, stamp, buckets)
            self._store.put_stamp(id, stamp)
            if spec.name not in buckets:
                say(f"creating the bucket {spec.name}")
                await self._client.s3("PUT", f"/{spec.name}")
            await self._write_user(spec, key)
        found = await self._found(spec.name)
        self._store.put_stamp(id, stamp.finished(found))
        return await self._seen(id, {spec.name})

    async def remove(self, seen: Seen, say: Say) -> None:
        """Delete the user, so that nobody writes on, the bucket with its objects, the stamp."""
        if self._store.stamp(seen.id) is None:
            return
        bucket = seen.id.name
        say(f"deleting the bucket {bucket}")
        async with self._one_writer:
            for access in await self._keys(bucket):
                await self._client.iam(
                    "DeleteAccessKey", UserName=bucket, AccessKeyId=access, fine=_GONE
                )
            await self._client.iam(
                "DeleteUserPolicy", UserName=bucket, PolicyName=_POLICY, fine=_GONE
            )
            await self._client.iam("DeleteUser", UserName=bucket, fine=_GONE)
            await self._client.s3("DELETE", f"/{bucket}", absent_ok=True)
        self._store.drop_stamp(seen.id)

    async def output(self, ref: Ref) -> Hidden:
        """A bucket has none: its name is computed, its key is the vault's."""
        raise Missing(f"{ref.to} has no output {ref.output!r}")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _refuse_strangers(
        self, id: Id, spec: Bucket, stamp: Stamp, buckets: Collection[str]
    ) -> None:
        known = self._store.stamp(id)
        fix = "give yours another name, or rename or remove what is there"
        if known is not None and known.rack != stamp.rack:
            raise NotOurs(f"the bucket {spec.name!r} belongs to the rack {known.rack!r}", fix=fix)
        if known is None and spec.name in buckets:
            raise NotOurs(f"a bucket {spec.name!r} exists, and this rack did not make it", fix=fix)
        if known is None and await self._client.iam("GetUser", UserName=spec.name, fine=_GONE):
            raise NotOurs(f"a user {spec.name!r} exists, and this rack did not make it", fix=fix)

    async def _write_user(self, spec: Bucket, key: Key) -> None:
        user, ask = spec.name, self._client.iam
        await ask("CreateUser", UserName=user, fine=_THERE)
        document = policy(spec.name)
        await ask("PutUserPolicy", UserName=user, PolicyName=_POLICY, PolicyDocument=document)
        if set(await self._keys(user)) == {key.access} and await self._opens(spec, key):
            return
        for access in await self._keys(user):
            await ask("DeleteAccessKey", UserName=user, AccessKeyId=access, fine=_GONE)
        await ask(
            "CreateAccessKey", UserName=user, AccessKeyId=key.access, SecretAccessKey=key.secret
        )
        if not await self._opens(spec, key):
            raise HostError(
                f"the key of the bucket {spec.name} was made and is refused",
                fix="see `rackhouse logs objects`",
            )

    async def _opens(self, spec: Bucket, key: Key) -> bool:
        return await self._client.opens(key, f"/{spec.name}")

    async def _buckets(self) -> frozenset[str]:
        return frozenset(texts(await self._client.s3("GET", "/"), "Name"))

    async def _keys(self, user: str) -> list[str]:
        return texts(
            await self._client.iam("ListAccessKeys", UserName=user, fine=_GONE), "AccessKeyId"
        )

    async def _seen(self, id: Id, buckets: Collection[str]) -> Seen:
        there = id.name in buckets
        return Seen(
            id=id,
            stamp=self._store.stamp(id),
            found=await self._found(id.name) if there else "",
            ready=there,
            why="" if there else "the bucket is gone",
        )

    async def _found(self, bucket: str) -> str:
        """Of the keys' names and of what they may do. Whether a secret fits, `ensure` tries."""
        async with self._turns:
            keys = await self._keys(bucket)
            allowed = await self._client.iam(
                "GetUserPolicy", UserName=bucket, PolicyName=_POLICY, fine=_GONE
            )
        return self._fingerprint(*sorted(keys), *texts(allowed, "PolicyDocument"))
