"""`python -m rackhouse.services.gateway.worker`: one model, served on a socket until whoever holds
the other end of standard input lets go of it, be it by dying. `ready` on standard output says that
it listens.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
from pathlib import Path

from rackhouse.kit import process
from rackhouse.kit.errors import RackhouseError
from rackhouse.services.gateway.worker import build, weights

_NICENESS = 5  # the gateway goes first where both want the processor


def main(argv: list[str]) -> int:
    """Exit codes as kit.errors."""
    told = _parser().parse_args(argv)
    threading.Thread(target=_end_with_our_starter, daemon=True).start()
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    try:
        files = weights.find()
        form = weights.FORMS[told.model]
        if not build.place(told.cache, form).exists():
            build.make(told.cache, form, files)
            # Anew, without the hundreds of megabytes that making it took.
            process.become([sys.executable, "-m", __package__, *argv])
        _serve(told, files, build.place(told.cache, form))
    except RackhouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rackhouse-embedder")
    parser.add_argument("--model", choices=weights.FORMS, default=weights.NAME)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    return parser


def _serve(told: argparse.Namespace, files: weights.Files, model: Path) -> None:
    from rackhouse.services.gateway.worker import serve
    from rackhouse.services.gateway.worker.embedder import Embedder
    from rackhouse.services.gateway.worker.tokens import Tokens

    tokens = Tokens(files.tokenizer, weights.LONGEST)
    app = serve.create(told.model, tokens, Embedder(model), told.threads)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(told.socket))
        listening.listen(1024)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        serve.run(app, listening)


def _end_with_our_starter() -> None:
    """Nobody would ask us any more, and nobody would stop us."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
