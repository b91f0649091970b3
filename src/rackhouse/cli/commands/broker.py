"""`rackhouse broker`."""

from __future__ import annotations

from pathlib import Path

import click

_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--gitea", required=True, metavar="URL", help="Who knows the tokens of jobs.")
@click.option("--keys", required=True, type=_folder, help="Has tls.crt, tls.key, authority.pem.")
@click.option("--account", required=True, type=_folder, help="Has token and ca.crt of its account.")
@click.option("--server", default="https://kubernetes.default.svc", show_default=True,
              metavar="URL", help="The API server.")  # fmt: skip
@click.option("--address", default="0.0.0.0", show_default=True)  # noqa: S104 (a pod's own)
@click.option("--port", default=8401, show_default=True)
def command(*, gitea: str, keys: Path, account: Path, server: str, address: str, port: int) -> None:
    """Lend jobs what they may release their own repository's application with.

    It runs on a cluster, where `rackhouse apply` puts it. Nobody needs it by hand.
    """
    from rackhouse.delivery.broker.serving import Mounted, serve

    serve(Mounted(gitea=gitea, server=server, keys=keys, account=account), address, port)
