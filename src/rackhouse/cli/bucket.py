"""An application's bucket, opened with the application's own key: for `rackhouse s3`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rackhouse.cli.context import Context
from rackhouse.kit.errors import Unavailable

if TYPE_CHECKING:
    from obstore.store import S3Store


def open_bucket(context: Context, application: str, need: str | None) -> S3Store:
    """The bucket behind that need; Missing when the application has none, or several; Unavailable
    while the object store does not run.
    """
    from obstore.store import S3Store

    from rackhouse.operations.credentials import bucket
    from rackhouse.operations.up import require_up
    from rackhouse.operations.view import SETTLED, view

    with context.open(only_read=True) as house:
        require_up(house.paths)
        part = view(house).part("objects")
        if part is not None and part.phase not in SETTLED:
            fix = "start the rack: rackhouse up --detach"
            raise Unavailable(f"the object store is {part.phase.value}", fix=fix)
        url, login = asyncio.run(bucket(house, application, need))
    return S3Store(
        login.scope,
        endpoint=url,
        region="us-east-1",
        access_key_id=login.user,
        secret_access_key=login.password,
        client_options={"allow_http": True},
    )
