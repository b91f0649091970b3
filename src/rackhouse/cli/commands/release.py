"""`rackhouse release`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from rackhouse.cli.context import Context

EPILOG = """
\b
Examples:
  rackhouse release ./hello --image git.home.arpa/home/hello@sha256:...
  rackhouse release . --built /tmp/context --commit "$GITHUB_SHA"    in a job
  rackhouse release . --built /tmp/context --preview "$GITHUB_REF_NAME"
  rackhouse release . --preview try --close
  rackhouse releases hello
  rackhouse rollback hello
"""


@click.command(epilog=EPILOG)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--image", default="", metavar="IMAGE@DIGEST", help="What was pushed of it.")
@click.option("--built", type=click.Path(path_type=Path), metavar="CONTEXT",
              help="What was built of it, after `rackhouse image FOLDER CONTEXT`.")  # fmt: skip
@click.option("--commit", default="", help="The commit that it is.")
@click.option("--by", default="", help="Who or what releases it.  [default: release FOLDER]")
@click.option("--preview", "branch", default="", metavar="BRANCH",
              help="Show it beside the live one, for a while, as that branch.")  # fmt: skip
@click.option("--close", is_flag=True, help="Take the preview of that branch down.")
@click.option("--grant", is_flag=True, help="Grant it what it asks for, as the rack's owner.")
@click.option("--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The cluster, where no rack is.")  # fmt: skip
@click.pass_obj
def command(
    context: Context,
    folder: Path,
    *,
    image: str,
    built: Path | None,
    commit: str,
    by: str,
    branch: str,
    close: bool,
    grant: bool,
    kubeconfig: Path | None,
) -> None:
    """Bring FOLDER live on its cluster, as an image that is in the registry.

    It changes what runs, and nothing that the application may use or reach: that waits for
    `--grant`, and is said by name. The old release serves until the new one answers. In a job of
    the rack's own Gitea it asks the broker of RACKHOUSE_BROKER with the job's token.

    With `--preview` it becomes BRANCH--APPLICATION instead, with data of its own, and leaves with
    it a week after the last push (`rackhouse.dev/preview-lifetime`).
    """
    from rackhouse.cli.previewing import show, take_down
    from rackhouse.cli.releasing import from_desk, from_job, image_of, on_cluster, release_of, said
    from rackhouse.kit.errors import UsageError
    from rackhouse.kit.files import read_text
    from rackhouse.targets.kube.kubeconfig import read

    architectures: tuple[str, ...] = ()
    if built is not None:
        image, architectures = image_of(built)
    coming = release_of(folder, image, commit, by or f"release {folder}", architectures)
    if (close and not branch) or (branch and (grant or kubeconfig)):
        what = "--preview BRANCH goes with --close, and not with --grant or --kubeconfig"
        raise UsageError(what, fix="leave the other out")
    if branch:
        way = take_down(context, coming.app.name, branch) if close else ""
        click.echo(way or show(context, coming, branch))
        return
    if kubeconfig is not None and grant:
        raise UsageError("only the rack grants", fix="leave --kubeconfig out, where the rack is")
    if kubeconfig is not None:
        click.echo(said(on_cluster(read(read_text(kubeconfig) or ""), coming)))
        return
    if (broker := os.environ.get("RACKHOUSE_BROKER")) and not grant:
        click.echo(said(from_job(broker, coming, os.environ)))
        return
    click.echo(from_desk(context, folder, coming, grant=grant))
