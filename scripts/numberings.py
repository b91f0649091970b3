"""Write model/canon/numberings of services/scripture from the .vrs files of sil-machine.

    python scripts/numberings.py FOLDER      with eng.vrs.txt, org.vrs.txt, lxx.vrs.txt, ...

Those files are MIT, Copyright (c) SIL International. Each says how its numbering maps to that of
the original texts; we keep how it maps to the King James Version's, by way of eng.vrs. What lies
at the same number in both is left out.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

from rackhouse.services.scripture.model.canon.books import BY_CODE

Place = tuple[str, int, int]
HERE = Path(__file__).parents[1] / "src/rackhouse/services/scripture/model/canon/numberings"
NAMES = {
    "org": ("original", "the Hebrew Bible and the Greek New Testament"),
    "lxx": ("septuagint", "the Septuagint"),
    "vul": ("vulgate", "the Vulgate"),
    "rsc": ("synodal", "the Russian Synodal Bible, of the 66 books"),
    "rso": ("orthodox", "the Russian Synodal Bible, Orthodox edition"),
}
# The King James Version ends 3 John with verse 14, and Revelation 13 begins with "And I stood".
LATER = {("3JN", 1, 15): ("3JN", 1, 14), ("REV", 12, 18): ("REV", 13, 1)}
PARTS = {("NUM", 25, 19): ("NUM", 26, 1)}
_LINE = re.compile(r"(\w{3}) (\d+):(\d+)(?:-(\d+))?\s*=\s*(\w{3}) (\d+):(\d+)(?:-(\d+))?")


def read(file: Path) -> tuple[dict[str, list[int]], list[tuple[Place, Place]]]:
    """How many verses each chapter has, and pairs of places: here, and in the original."""
    counts: dict[str, list[int]] = {}
    pairs = []
    for line in file.read_text("utf-8-sig").splitlines():
        said = line.strip().removeprefix("#! ").removeprefix("&")
        if found := _LINE.fullmatch(said):
            book, chapter, first, last, other, its, begins, ends = found.groups()
            # One range of vul.vrs ends before it begins: its first verse is meant.
            one = range(int(first), max(int(first), int(last or first)) + 1)
            two = range(int(begins), max(int(begins), int(ends or begins)) + 1)
            for at in range(max(len(one), len(two))):
                left = one[min(at, len(one) - 1)]
                right = two[min(at, len(two) - 1)]
                pairs.append(((book, int(chapter), left), (other, int(its), right)))
        elif re.match(r"[A-Z0-9]{3} \d+:\d", said) and "=" not in said:
            chapters = re.findall(r" \d+:(\d+)", said.partition("#")[0])
            counts.setdefault(said[:3], []).extend(int(each) for each in chapters)
    return counts, pairs


def english(folder: Path) -> dict[Place, list[Place]]:
    """From a place in the original to those of the King James Version."""
    counts, pairs = read(folder / "eng.vrs.txt")
    there: dict[Place, list[Place]] = defaultdict(list)
    moved = set()
    for here, original in pairs:
        there[original].append(LATER.get(here, here))
        moved.add(here)
    for book, chapters in counts.items():
        for chapter, last in enumerate(chapters, 1):
            for verse in range(last + 1):
                here = (book, chapter, verse)
                if here not in moved:
                    there[here].append(LATER.get(here, here))
    # Not in eng.vrs: the Greek has 2 Corinthians 13:12-13 as one verse.
    there["2CO", 13, 12].append(("2CO", 13, 13))
    there["2CO", 13, 13] = [("2CO", 13, 14)]
    return there


def table(folder: Path, name: str) -> list[str]:
    """`PSA 3:2-9 3:1`: verses 2 to 9 here are verses 1 and so on there."""
    counts, pairs = read(folder / f"{name}.vrs.txt")
    there = english(folder)
    moved: dict[Place, list[Place]] = defaultdict(list)
    for here, original in pairs:
        moved[here].append(original)
    rows: list[tuple[Place, Place]] = []
    for book, chapters in counts.items():
        if book not in BY_CODE:
            continue
        for chapter, last in enumerate(chapters, 1):
            for verse in range(1, last + 1):
                here = (book, chapter, verse)
                ends = {it for each in moved.get(here, [here]) for it in there.get(each, [])}
                ends = {it for it in ends if it[0] in BY_CODE}
                if len(ends) > 1:  # a title and the verse that it stands in: the verse
                    ends = {it for it in ends if it[2]} or ends
                if not ends:  # a part of a verse, whose other part has another number
                    ends = {PARTS.get(here, here)}
                if ends != {here}:
                    rows += [(here, it) for it in sorted(ends)]
    return [*packed(rows)]


def packed(rows: list[tuple[Place, Place]]) -> list[str]:
    """Runs of them; the same verse may stand in several."""
    runs: list[list[tuple[Place, Place]]] = []
    for here, end in rows:
        last = runs[-1][-1] if runs else None
        follows = last and all(
            one[:2] == two[:2] and two[2] == one[2] + 1
            for one, two in zip(last, (here, end), strict=True)
        )
        if follows:
            runs[-1].append((here, end))
        else:
            runs.append([(here, end)])
    said = []
    for run in runs:
        (book, chapter, first), (other, its, begins) = run[0]
        upto = f"-{run[-1][0][2]}" if len(run) > 1 else ""
        where = "" if other == book else f"{other}."
        said.append(f"{book} {chapter}:{first}{upto} {where}{its}:{begins}")
    return said


def main(folder: Path) -> None:
    """All of them."""
    HERE.mkdir(exist_ok=True)
    for vrs, (name, what) in NAMES.items():
        by_book: dict[str, list[str]] = defaultdict(list)
        for row in table(folder, vrs):
            by_book[row[:3]].append(row[4:])
        lines = [
            textwrap.fill(f"{book} {', '.join(rows)}", 100, subsequent_indent="    ")
            for book, rows in by_book.items()
        ]
        text = f'''"""{what[0].upper()}{what[1:]}: where verses have other numbers than ours.

Written by scripts/numberings.py from {vrs}.vrs of sil-machine (MIT, Copyright (c) SIL
International).
"""

from __future__ import annotations

TABLE = """
{chr(10).join(lines)}
"""
'''
        (HERE / f"{name}.py").write_text(text)
    (HERE / "__init__.py").write_text(
        '"""How other editions count verses, a row a book: `3:2-9 3:1`, theirs and then ours."""\n'
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
