"""What Bible Logic answers without any model, on natural questions (tests/retrieval).

    python benchmarks/study.py [--each] [--closed] [--floors]

The sets: what the rule that says "not found" was made of (`abstain`, and every other of `fresh`),
and the open half, with and without words' meaning, of our natural questions. `unlisted` is as if no
saying, legend or story among the bearings said the same as the question: what to expect of sayings
that nobody listed. A citation is a passage that is quoted: `direct` has a verse that answers by
itself (grade 3), `good` one of grade 2 or more, `related` any graded one. `--each` prints a line a
question; `--closed` tells the closed half too, as rates alone; `--floors` writes all rates into
tests/retrieval/answers.json, below which they may not fall.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from racks import table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from retrieval import answering, queries
from retrieval.answering import Rates, Seen


def _row(name: str, seen: Sequence[Seen], rates: Rates) -> tuple[str, ...]:
    able = sum(bool(each.query.grades) for each in seen)
    return (
        name,
        f"{rates.answered:.2f} of {able}",
        f"{rates.refused:.2f} of {len(seen) - able}",
        *(f"{it:.2f}" for it in (rates.direct, rates.good, rates.related, rates.first, rates.some)),
        f"{rates.passages:.1f}",
    )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    for word in ("--each", "--closed", "--floors"):
        parser.add_argument(word, action="store_true")
    told = parser.parse_args()
    texts, rows, rates = answering.texts(), [], {}
    for way, (file, _, _) in answering.WAYS.items():
        closed = file == queries.CLOSED
        if closed and not (told.closed or told.floors):
            continue
        begun = time.perf_counter()
        seen = answering.measured(texts, way)
        spent = (time.perf_counter() - begun) / len(seen) * 1000
        rates[way] = Rates.of(seen)
        rows.append((*_row(way, seen, rates[way]), f"{spent:.0f} ms"))
        for each in seen if told.each and not closed else ():
            said = f"{each.answer.sureness:.2f} {each.query.kind} {each.query.text}"
            print("+" if each.right else "-", way, said, *each.answer.notes[-1:], sep=" | ")
    if told.floors:
        answering.write(rates)
    table(
        rows,
        (
            "questions",
            *("answered", "refused", "citations: direct", "good", "related"),
            *("first is direct", "any is direct", "passages", "an answer, all in one process"),
        ),
    )


if __name__ == "__main__":
    main()
