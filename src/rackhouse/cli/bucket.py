"""An application's bucket, opened with the application's own key: for `rackhouse s3`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rackhouse.cli.context import Context
from rackhouse.kit.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import S3Store

    from rackhouse.operations.credentials import Login


@contextmanager
def open_bucket(context: Context, application: str, need: str | None) -> Iterator[S3Store]:
    """The bucket behind that need, here or on the application's cluster, for the block. Missing
    when the application has none, or several; Unavailable while the object store does not run.
    """
    from rackhouse.cli.elsewhere import bucket_there, cluster_of
    from rackhouse.operations.credentials import bucket
    from rackhouse.operations.up import require_up
    from rackhouse.operations.view import SETTLED, view

    with context.open(only_read=True) as house:
        if cluster := cluster_of(house, application):
            with bucket_there(house, application, cluster, need) as found:
                yield _opened(*found)
            return
        require_up(house.paths)
        part = view(house).part("objects")
        if part is not None and part.phase not in SETTLED:
            fix = "start the rack: rackhouse up --detach"
            raise Unavailable(f"the object store is {part.phase.value}", fix=fix)
        url, login = asyncio.run(bucket(house, application, need))
    yield _opened(url, "us-east-1", login)


def _opened(url: str, region: str, login: Login) -> S3Store:
    from obstore.store import S3Store

    return S3Store(
        login.scope,
        endpoint=url,
        region=region,
        access_key_id=login.user,
        secret_access_key=login.password,
        client_options={"allow_http": True},
    )
