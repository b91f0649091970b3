"""The Dockerfile of a release whose source has none: the same text for the same release. Pure.

Dependencies are installed in a stage of their own, from what the release pins and before the source
is there, so that a change of the source installs nothing. What runs is nobody's root, and is put
where `images` says that programs start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from rackhouse.app.model import Release, Runtime
from rackhouse.desired.kube.images import BASES, SOURCE
from rackhouse.desired.kube.pods import USER

UV = "0.13.8"  # reads uv.lock; requirements with hashes need no more than pip
PLACE = ".rackhouse"  # the folder of a build context that is ours
STATIC = f"{PLACE}/static.py"  # of a static site's: the server, which is rackhouse.kit.static

_PACKAGES = "/packages"
_LIBRARY = "/opt/rackhouse"
_OWNER = f"{USER}:{USER}"
# As the part that installs them embedded: what the lock names, and no script of the project's own.
_NPM = "npm pkg delete scripts && npm ci --include=dev --no-audit --no-fund --loglevel=error"
# What the lock lists and no more, as `uv pip sync` takes it.
_PIP = (
    f"{_PACKAGES}/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps"
    " --require-hashes"
)


def dockerfile(release: Release, pins: Mapping[str, str] | None = None) -> str:
    """What builds the release's image. `pins` are digests (`sha256:...`) by image; one that nobody
    resolved is named by its tag. Of a release that brings a Dockerfile there is none: ValueError.
    """
    if release.runtime not in BASES:
        raise ValueError(f"a release of the runtime {release.runtime} is built by its own file")
    base = BASES[release.runtime].image
    if digest := (pins or {}).get(base):
        base = f"{base}@{digest}"
    install = _INSTALL.get(release.runtime, _nothing)
    lines = [
        "# Made by Rackhouse: the folder has no Dockerfile of its own.",
        *install(base, release),
    ]
    lines += [f"RUN install -d -o {USER} -g {USER} {SOURCE}"]
    lines += [f"WORKDIR {SOURCE}", f"COPY --chown={_OWNER} . {SOURCE}", f"USER {_OWNER}"]
    if release.build:
        lines += ["ENV HOME=/tmp", f"RUN {json.dumps(list(release.build))}"]
    return "\n".join(lines) + "\n"


def _python(base: str, release: Release) -> Iterator[str]:
    yield f"FROM {base} AS packages"
    yield f"RUN python -m venv {_PACKAGES}"
    if release.manifest == "uv.lock":
        yield f"RUN pip install --no-cache-dir --disable-pip-version-check uv=={UV}"
        yield "WORKDIR /build"
        yield "COPY pyproject.toml uv.lock ./"
        sync = "uv sync --frozen --no-install-project --no-dev --no-editable --no-cache"
        yield f"RUN UV_PROJECT_ENVIRONMENT={_PACKAGES} UV_PYTHON_DOWNLOADS=never {sync}"
    elif release.manifest:
        yield "WORKDIR /build"
        yield f"COPY {release.manifest} *requirement*.txt *constraint*.txt ./"
        yield f"RUN {_PIP} -r {release.manifest}"
    yield ""
    yield f"FROM {base}"
    yield f"COPY --from=packages {_PACKAGES} {_PACKAGES}"
    yield f"ENV PATH={_PACKAGES}/bin:$PATH PYTHONDONTWRITEBYTECODE=1"


def _node(base: str, release: Release) -> Iterator[str]:
    if not release.manifest:
        yield from _nothing(base, release)
        return
    yield f"FROM {base} AS packages"
    yield f"WORKDIR {SOURCE}"
    yield f"COPY package.json {release.manifest} .npmr[c] ./"
    yield f"RUN {_NPM}"
    yield ""
    yield f"FROM {base}"
    yield f"COPY --from=packages {SOURCE}/node_modules {SOURCE}/node_modules"
    yield f"ENV PATH={SOURCE}/node_modules/.bin:$PATH"


def _static(base: str, _: Release) -> Iterator[str]:
    yield f"FROM {base}"
    yield f"COPY {STATIC} {_LIBRARY}/rackhouse/kit/static.py"
    yield f"ENV PYTHONPATH={_LIBRARY} PYTHONDONTWRITEBYTECODE=1"


def _nothing(base: str, _: Release) -> Iterator[str]:
    yield f"FROM {base}"


_INSTALL = {Runtime.PYTHON: _python, Runtime.NODE: _node, Runtime.STATIC: _static}
