"""The names of the books, as far as they have to be known to see that a verse is named. One line is
one book, in the order of the canon; its first name is the one that is written.
"""

from __future__ import annotations

import re

_TABLE = """
genesis gen ge gn|exodus exod exo ex|leviticus lev lv|numbers num nu nm|deuteronomy deut dt
joshua josh jos|judges judg jdg|ruth rth ru|1 samuel sam sa sm|2 samuel sam sa sm|1 kings kgs kin ki
2 kings kgs kin ki|1 chronicles chron chr ch|2 chronicles chron chr ch|ezra ezr|nehemiah neh
esther esth est|job jb|psalm psalms ps psa psm pss|proverbs proverb prov pro prv pr
ecclesiastes eccles eccl ecc ec qoheleth|song-of-solomon song-of-songs song songs sos canticles
isaiah isa is|jeremiah jer|lamentations lam|ezekiel ezek eze ezk|daniel dan dn|hosea hos
joel jl|amos am|obadiah obad oba ob|jonah jon|micah mic|nahum nah|habakkuk hab|zephaniah zeph zep
haggai hag hg|zechariah zech zec|malachi mal|matthew matt mat mt|mark mrk mk mr|luke luk lk
john jhn jn joh|acts act ac|romans rom ro rm|1 corinthians cor co|2 corinthians cor co
galatians gal ga|ephesians ephes eph|philippians phil php|colossians col
1 thessalonians thess thes th
2 thessalonians thess thes th|1 timothy tim ti tm|2 timothy tim ti tm|titus tit
philemon philem phlm phm
hebrews heb|james jas jam jm|1 peter pet pt pe|2 peter pet pt pe|1 john jn jhn joh|2 john jn jhn joh
3 john jn jhn joh|jude jud|revelation revelations rev rv apocalypse
"""
# Books that others have, or nobody: where they are named with a number, no verse is.
_OTHERS = (
    "tobit judith wisdom sirach ecclesiasticus baruch maccabees macc esdras enoch jubilees"
    " laodiceans susanna manasseh barnabas hermas didache hezekiah"
)
_LITTLE = frozenset({"of", "song"})


def _read() -> tuple[dict[tuple[int, str], int], list[str]]:
    names: dict[tuple[int, str], int] = {}
    written = []
    for book, line in enumerate(re.split(r"[|\n]", _TABLE.strip()), start=1):
        first, *rest = line.split()
        ordinal = int(first) if first.isdecimal() else 0
        said = [name.replace("-", " ") for name in (rest if ordinal else [first, *rest])]
        for name in said:
            names[ordinal, name] = book
        whole = " ".join(w if w == "of" else w.capitalize() for w in said[0].split())
        written.append(f"{ordinal} {whole}" if ordinal else whole)
    return names, written


NAMES, WRITTEN = _read()
OTHERS = frozenset(_OTHERS.split())
# What may be read with a chapter alone.
WHOLE = frozenset(
    key for key, book in NAMES.items() if key[1] in WRITTEN[book - 1].lower() or len(key[1]) > 5
)
ORDINALS = {
    **dict.fromkeys(("1", "i", "1st", "first"), 1),
    **dict.fromkeys(("2", "ii", "2nd", "second"), 2),
    **dict.fromkeys(("3", "iii", "3rd", "third"), 3),
    **dict.fromkeys(("4", "iv", "4th", "fourth"), 4),
}


def written(first: int, last: int) -> str:
    """Verses as people write them: `John 3:16-18`."""
    name = WRITTEN[first // 1_000_000 - 1]
    chapter, verse = first // 1_000 % 1_000, first % 1_000
    begins = f"{name} {chapter}:{verse}"
    if first == last:
        return begins
    if first // 1_000 == last // 1_000:
        return f"{begins}-{last % 1_000}"
    if first // 1_000_000 == last // 1_000_000:
        return f"{begins}-{last // 1_000 % 1_000}:{last % 1_000}"
    return f"{begins} - {written(last, last)}"
