"""A translation that is named behind a reference: `Psalm 119:105 KJV`, `Juan 3:16 (RVR1960)`."""

from __future__ import annotations

import re

_NAMES = (
    "kjv|nkjv|akjv|asv|rv|rsv|nrsv|nrsvue|esv|niv|nasb|nlt|net|csb|hcsb|msg|amp|web|ylt|bsb|lsb"
    "|gnt|gnb|cev|ncv|nab|nabre|njb|dra|bbe|rva|rvr|rvc|rv60|rvr60|nvi|lbla|nbla|dhh|tla|ntv|pdt|blp"
)
_TAG = re.compile(rf"[\s,]+[(\[]?(?:{_NAMES})(?:[ -]?(?:19|20)\d\d)?[)\]]?$", re.IGNORECASE)


def untagged(text: str) -> str:
    """The text without it; as it is where none is named."""
    return _TAG.sub("", text)
