"""What the ranking finds, beside plain ways and a framework's, on the sets of tests/retrieval.

    python benchmarks/retrieval.py [--translations kjv,asv,web] [--strong] [--queries FILE]

The same verses, translations and vectors of the gateway's own embedder for all; `--queries` asks
those of a file in either form instead, more than once if it is said so. Vectors are made at first
use (minutes) and kept in .cache/retrieval, Haystack's environment in .cache/peers, and its answers
(ten minutes) with the vectors; `--alone` leaves it out. `--abstain` tells what rules for saying
"not found" are worth, and `--floors` writes what was measured into tests/retrieval/floors.json. Of
closed questions only means are told.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from retrieval import corpus, floors, held, queries
from retrieval.held import Texts
from retrieval.measuring import Result, measured
from retrieval.queries import Query
from retrieving import abstaining, peer
from retrieving.ways import Vectors, Ways

GATED = {name: tuple(name.split()) for name in ("kjv asv", "kjv asv web", "kjv asv web mhcc")}
WORDS = "kjv asv, words alone"


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--translations", default=",".join(corpus.BARE))
    parser.add_argument("--strong", action="store_true")
    parser.add_argument("--queries", action="append", type=Path, default=[])
    for word in ("--alone", "--abstain", "--floors"):
        parser.add_argument(word, action="store_true")
    told = parser.parse_args()
    if told.floors:
        floors.write(_floors())
        return
    texts = held.texts(told.translations.split(","), strong=told.strong)
    if told.abstain:
        abstaining.report(texts)
        return
    files = {file.name: file for file in told.queries} or queries.SETS
    sets = {
        name: [each for each in queries.read(file) if each.grades] for name, file in files.items()
    }
    _compare(texts, sets, "left out" if told.alone else peer.have_peer())


def _compare(texts: Texts, sets: dict[str, list[Query]], why: str) -> None:
    ours = Ways(texts)
    asked = {name: Vectors.of(texts, some) for name, some in sets.items()}
    plain = [each.plain for each in asked.values()]
    theirs = [{} for _ in sets] if why else peer.haystack(texts, [*sets.values()], plain)
    for (name, some), more in zip(sets.items(), theirs, strict=True):
        ways = {**ours.of(asked[name]), **more}
        _report(name, {way: measured(some, find) for way, find in ways.items()})
    spent = ours.milliseconds
    print(
        f"rackhouse alone, without embedding the query: {statistics.median(spent):.1f} ms,"
        f" p99 {statistics.quantiles(spent, n=100)[98]:.1f} ms of {len(spent)} queries"
    )
    if why:
        print(f"Haystack was not measured: {why}")


def _report(name: str, found: dict[str, Result]) -> None:
    """Of topics each kind's nDCG, of questions each kind's share that is directly answered."""
    first = next(iter(found.values()))
    each = "ndcg" if name == "topics" else "hit"
    print(f"\n{name}: {sum(n for n, _ in first.kinds.values())} queries; of each kind its {each}")
    rows = [
        (
            way,
            *(f"{getattr(it.every, figure):.3f}" for figure in ("ndcg", "recall", "mrr", "hit")),
            f"{getattr(it.even, each):.3f}",
            *(f"{getattr(mean, each):.2f}" for _, mean in it.kinds.values()),
        )
        for way, it in found.items()
    ]
    kinds = tuple(f"{kind[:11]} {n}" for kind, (n, _) in first.kinds.items())
    table(rows, ("", "nDCG@10", "R@50", "MRR", "hit@10", "by kind", *kinds))


def _floors() -> floors.Floors:
    """What is gated, as it is now. A translation that is not here keeps its floors."""
    made = floors.read() if floors.FILE.exists() else {}
    for name, names in ((WORDS, corpus.BARE), *GATED.items()):
        try:
            texts = held.texts(names, meaning=name != WORDS)
        except corpus.NotInstalled as error:
            print(f"{name} is left as it was: {error}")
            continue
        made[name] = {}
        for each, file in queries.SETS.items():
            found = held.worth(texts, queries.read(file))
            made[name][each] = floors.figures(found)
            print(f"{name}, {each}: {found.every}")
    return made


if __name__ == "__main__":
    main()
