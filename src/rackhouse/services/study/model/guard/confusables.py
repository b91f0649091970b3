"""Letters that look like those of the Latin alphabet, and what hides between letters."""

from __future__ import annotations

import re
import unicodedata

_LOOKS = {
    # Cyrillic
    "аеорсухіјѕһԁԛԝӏѵвкмнтгпи": "aeopcyxijshdqwlvbkmhtrnu",
    # Greek
    "αβεηικνορτυχωγϲ": "abenikvoptuxwyc",
    # Latin that no decomposition knows, and small capitals
    "ɑɡıȷɩʟᴀʙᴄᴅᴇꜰɢʜɪᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢłøđħŧ": "agijilabcdefghijkmnoprstuvwyzlodht",
    # Armenian
    "\u0585\u057d\u0570\u0578\u0581\u0566": "ouhngq",
}
LOOKS = {
    ord(strange): plain
    for letters, plains in _LOOKS.items()
    for strange, plain in zip(letters, plains, strict=True)
}
# Digits that stand for letters within a word: `G0d`.
DIGITS = str.maketrans("013457", "oleast")
_SAME = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u00b4", "'"),
    **dict.fromkeys("\u2010\u2011\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2013\u2015\u2e3a\u2e3b", "\u2014"),
    "\u2033": '"',
    "\u2236": ":",
    "\ua789": ":",
}
_LATIN = re.compile(r"[A-Za-z]")
_HIDDEN = frozenset({"Cf", "Mn", "Me", "Cc", "Co", "Cn", "Cs"})
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "MATHEMATICAL")


def unmasked(letter: str) -> str:
    """A character without its dress: "" for what is not seen. Case is kept; a raised digit is a
    mark of an edition, and no word.
    """
    if letter in "\n\t\r":
        return letter
    if letter in _SAME:
        return _SAME[letter]
    if unicodedata.category(letter) == "No" and not letter.isdecimal():
        return ""
    parts = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in parts if unicodedata.category(part) not in _HIDDEN)


def likened(word: str) -> str:
    """A word with Latin letters for those that look like them, where it is a Latin word then, or
    has such letters besides. A word of Greek stays one.
    """
    like = "".join(_like(letter) for letter in word)
    return like if like.isascii() or _LATIN.search(word) else word


def _like(letter: str) -> str:
    small = letter.lower()
    like = LOOKS.get(ord(small), "") if len(small) == 1 else ""
    return (like.upper() if letter != small else like) or letter


def mixed(word: str) -> bool:
    """Whether letters of several alphabets are in one word: nobody can say what it reads."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word if letter.isalpha()}
    return len(scripts & {*_SCRIPTS}) > 1
