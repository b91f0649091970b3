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
# The same in Spanish, without accents, where they are called otherwise.
_SPANISH = """
2 exodo|3 levitico|4 numeros|5 deuteronomio|6 josue|7 jueces|8 rut|11 1 reyes re|12 2 reyes re
13 1 cronicas cro|14 2 cronicas cro|15 esdras esd|16 nehemias|17 ester|19 salmos salmo sal
20 proverbios|21 eclesiastes ecl|22 cantares cantar|23 isaias|24 jeremias|25 lamentaciones
26 ezequiel|28 oseas|30 amos
31 abdias|32 jonas|33 miqueas|35 habacuc|36 sofonias|37 hageo|38 zacarias|39 malaquias|40 mateo
41 marcos|42 lucas|43 juan|44 hechos|45 romanos|46 1 corintios|47 2 corintios|48 galatas|49 efesios
50 filipenses|51 colosenses|52 1 tesalonicenses|53 2 tesalonicenses|54 1 timoteo|55 2 timoteo
56 tito|57 filemon|58 hebreos|59 santiago stg|60 1 pedro|61 2 pedro|62 1 juan|63 2 juan|64 3 juan
65 judas|66 apocalipsis ap
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
    for line in re.split(r"[|\n]", _SPANISH.strip()):
        number, *rest = line.split()
        ordinal = int(rest[0]) if rest[0].isdecimal() else 0
        names |= {(ordinal, name): int(number) for name in (rest[1:] if ordinal else rest)}
    return names, written


NAMES, WRITTEN = _read()
OTHERS = frozenset(_OTHERS.split())
# What may be read with a chapter alone.
WHOLE = frozenset(
    key
    for key, book in NAMES.items()
    if key[1] in WRITTEN[book - 1].lower() or len(key[1]) > 5 or key[1] in ("salmo", "juan")
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
