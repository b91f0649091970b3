"""The quotation guard of Bible Logic: false accepts, false rejects, time and memory; and how often
the support score of a claim is wrong.

    python benchmarks/guard.py

More than 5,000 false quotations (eleven classes of changes, by seed) and as many sentences that
have to leave go through it as a model's stream would, in chunks. A judge that knows how each was
made says what left (tests/fakes/quotations/judge.py; what a false accept is stands in the guard's
own `__init__.py`). Times are the processor's, sentence by sentence. Spanish has rows where the
Reina-Valera of 1909 is installed as Debian's module of SWORD.

Half of the seeds, and three classes, were held back while the guard was made; they are printed
apart. What they showed was mended, and other seeds were taken: the first look had 3 false accepts
in 2,640 by seeds and 9 in 720 by classes, the last one 1 and none. So no seeds here are new any
more; of new ones expect one in some thousands. What is told again in nearly a verse's words becomes
that verse: of a third set, written before it was run and not tuned on, one in five.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from fakes.quotations import false, more, rates, spanish, true
from fakes.quotations.held import spanish as reina_valera
from fakes.quotations.held import texts
from fakes.quotations.labelled import errors, labelled
from fakes.quotations.vectors import similarities
from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.index import Texts

COUNT = 240  # of each class of false quotations, and of each half of the seeds
MOST = 0.005  # of what has to leave


class Counted(NamedTuple):
    """False accepts, false rejects, and how many sentences had to leave."""

    accepted: int
    rejected: int
    true: int


def shown(title: str, found: rates.Rates, wrong: str) -> tuple[int, int]:
    print(f"\n{title:44} {'sentences':>9} {wrong:>14} {'ms median':>10} {'p99':>6}")
    for kind, rate in found.items():
        ms = sorted(each * 1e3 for each in rate.seconds)
        print(
            f"  {kind:42} {rate.count:9,} {len(rate.wrong):6,} {rate.share:6.2%}"
            f" {statistics.median(ms):10.2f} {ms[int(len(ms) * 0.99)]:6.2f}"
        )
        for text, why in rate.wrong[:3]:
            print(f"      {text!r}: {why}")
    count = sum(rate.count for rate in found.values())
    failed = sum(len(rate.wrong) for rate in found.values())
    print(f"  {'together':42} {count:9,} {failed:6,} {failed / count:6.2%}")
    return count, failed


def supported() -> None:
    """How often the support score is wrong, by words alone and with the gateway's own vectors."""
    rows = labelled()
    with tempfile.TemporaryDirectory() as folder:
        alike = similarities(rows, Path(folder))
    print("\nsupport score: wrong in all (unsupported that pass, supported that do not)")
    for held_back in (False, True):
        half = [row for row in rows if row.held_back is held_back]
        for how, similarity in (("words", dict[str, float]()), ("words and vectors", alike)):
            found = errors(half, lambda row, known=similarity: known.get(row.claim))
            passed = sum(not row.supported for row, _ in found)
            which, share = "held back" if held_back else "tuned on", len(found) / len(half)
            print(
                f"  {which:10} {how:18} {len(found):3} of {len(half)}, {share:.0%}"
                f" ({passed}, {len(found) - passed})"
            )


def in_english(guard: Guard) -> Counted:
    """Over the two translations that every machine has."""
    accepted = rejected = count = 0
    for title, since in (
        ("false quotations, seeds tuned on", 0),
        ("... seeds held back", rates.FRESH),
    ):
        found: rates.Rates = {}
        rates.of_false(guard, false.every(COUNT, since), found)
        rates.of_false(guard, more.every(COUNT, since), found)
        accepted += shown(title, found, "false accepts")[1]
    found = {}
    rates.of_false(guard, rates.held_back(COUNT), found)
    accepted += shown("... classes held back", found, "false accepts")[1]
    for title, since in (("what has to leave, seeds tuned on", 0), ("... held back", rates.FRESH)):
        found = {}
        for kind, said in rates.quotations(COUNT * 2, since):
            rates.of_true(guard, kind, said, found)
        half = slice(int(since > 0), None, 2)
        rates.of_true(guard, "prose about scripture", true.prose()[half], found)
        rates.of_true(guard, "told again, nearly quoted", true.told()[half], found)
        rates.of_true(guard, "sentences of our pages", [*true.documents()][half], found)
        if since:
            rates.of_true(guard, "told again, a third set, run once", true.told_later(), found)
        one, other = shown(title, found, "false rejects")
        count, rejected = count + one, rejected + other
    return Counted(accepted, rejected, count)


def in_spanish(guard: Guard) -> Counted:
    """The Reina-Valera of 1909 beside them."""
    found: rates.Rates = {}
    rates.of_false(guard, spanish.false(COUNT), found)
    rates.of_false(guard, spanish.false(COUNT, rates.FRESH), found)
    _, accepted = shown("false quotations in Spanish", found, "false accepts")
    found = {}
    rates.of_true(guard, "Spanish, exact", spanish.true(COUNT * 2), found)
    rates.of_true(guard, "Spanish, exact", spanish.true(COUNT * 2, rates.FRESH), found)
    rates.of_true(guard, "Spanish, prose", spanish.scenarios("prose"), found)
    count, rejected = shown("what has to leave in Spanish", found, "false rejects")
    return Counted(accepted, rejected, count)


def built(held: Texts) -> Guard:
    """As study builds it: without scripture's reader of references, which it cannot import."""
    began = time.process_time()
    guard = Guard(held)
    spent = time.process_time() - began
    verses = sum(len(said) for said in held.values())
    print(
        f"\n{', '.join(held)}: {verses:,} verses, index of {guard.index.bytes / 1e6:.0f} MB built"
        f" in {spent:.1f} s"
    )
    return guard


def main() -> int:
    counted = [in_english(built(texts()))]
    if reina_valera():
        counted.append(in_spanish(built({**texts(), **reina_valera()})))
    else:
        print("\nNo rows in Spanish: sword-text-sparv of Debian is not installed")
    supported()
    accepted, rejected, count = map(sum, zip(*counted, strict=True))
    print(f"\nfalse accepts {accepted}, false rejects {rejected / count:.2%} of {count:,}")
    return int(accepted > 0 or rejected / count > MOST)


if __name__ == "__main__":
    raise SystemExit(main())
