"""`rackhouse broker`."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """
\b
Example:
  rackhouse broker --gitea https://git.home.arpa --keys /keys --account /account
"""
_folder = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(epilog=EPILOG)
@click.option("--gitea", required=True, metavar="URL", help="Who knows the tokens of jobs.")
@click.option("--keys", required=True, type=_folder, help="Has tls.crt, tls.key, authority.pem.")
@click.option("--account", required=True, type=_folder, help="Has token and ca.crt of its account.")
@click.option("--server", default="https://kubernetes.default.svc", show_default=True,
              metavar="URL", help="The API server.")  # fmt: skip
@click.option("--port", default=8401, show_default=True, help="Where it listens, in its pod.")
def command(*, gitea: str, keys: Path, account: Path, server: str, port: int) -> None:
    """Lend jobs what they may release their own repository's application with.

    It runs on a cluster, where `rackhouse apply` puts it. Nobody needs it by hand.
    """
    from rackhouse.delivery.broker.serving import Mounted, serve

    mounted = Mounted(gitea=gitea, server=server, keys=keys, account=account)
    serve(mounted, "0.0.0.0", port)  # noqa: S104 (a pod's own)
