"""`rackhouse compile`."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rackhouse.cli.context import Context

if TYPE_CHECKING:
    from rackhouse.cli.compiled import Compiled

EPILOG = """
\b
Examples:
  rackhouse compile --target kube manifests             the rack's applications, for its cluster
  rackhouse compile --target kube manifests ./hello     an application's folder alone
  rackhouse compile --target kube manifests --platform  and what it needs before any
  kubectl apply -k manifests                            after the Secrets of manifests/SECRETS.md
  rackhouse compile --target kube manifests --json | jq .secrets[].name
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--target", type=click.Choice(["kube"]), required=True, expose_value=False,
              help="What is written.")  # fmt: skip
@click.option("--platform", is_flag=True,
              help="Also what the cluster has before any application.")  # fmt: skip
@click.option("--cluster", default="", help="The rack's cluster.  [default: its first]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    context: Context,
    folder: Path,
    sources: tuple[Path, ...],
    *,
    platform: bool,
    cluster: str,
    as_json: bool,
) -> None:
    """Write what applications are on a Kubernetes cluster, as plain YAML that Kustomize takes.

    FOLDER is empty, or was written by this before. Nothing is asked of a cluster, nothing is
    changed there, and no value of a secret is written.
    """
    from rackhouse.cli.compiled import compiled, write
    from rackhouse.desired.kube.folder import folder as files_of

    gc.disable()  # values by the hundred thousand, none in a circle, and then we end
    found = compiled(context, sources, cluster, platform=platform)
    files = files_of(found.resources.values())
    changed = write(files, folder)
    if as_json:
        click.echo(_json(found, list(files), changed))
        return
    click.echo(f"{folder}: {len(files)} files for the cluster {found.cluster}, {len(changed)} new")
    for image, base in found.images.items():
        click.echo(f"  build the image {image}, {f'on {base}' if base else 'by its Dockerfile'}")
    for secret in found.secrets:
        click.echo(f"  supply the Secret {secret.namespace}/{secret.name}")
    for name in found.left_out:
        click.echo(f"  left out: {name}, of which nothing is live here yet", err=True)


def _json(found: Compiled, files: list[str], changed: list[str]) -> str:
    secrets = [
        {
            "namespace": it.namespace,
            "name": it.name,
            "type": it.type,
            "values": {key: str(text) for key, text in it.values},
        }
        for it in found.secrets
    ]
    said = {
        "cluster": found.cluster,
        "files": sorted(files),
        "changed": sorted(changed),
        "images": [{"image": image, "base": base} for image, base in found.images.items()],
        "secrets": secrets,
        "left_out": list(found.left_out),
    }
    return json.dumps(said, indent=2)
