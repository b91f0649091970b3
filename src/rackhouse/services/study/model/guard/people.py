"""Who may have said something: the people of the Bible, its books, and scripture itself; and the
verbs of saying. Pieces of patterns, for texts in which each letter of a reference is `REF`.
"""

from __future__ import annotations

REF = "\x02"
_NAMES = """
jehovah|jesus|jesus christ|christ jesus|christ|god|paul|peter|john|james|jude|moses|david|solomon
isaiah
jeremiah|ezekiel|daniel|hosea|joel|amos|jonah|micah|habakkuk|zechariah|malachi|job|mary|elijah
elisha|matthew|mark|luke|samuel|abraham|joshua|ruth|esther|nehemiah|ezra|gabriel|stephen|nathan
"""
_TITLES = (
    "(?:the |our )lord(?: god)?|the (?:psalmist|prophet|apostle|preacher|angel|holy spirit|spirit"
    "|father|son|savior|saviour|messiah|evangelist|almighty)|the (?:author|writer) of [a-z]+"
)
_SMALL = [name for line in _NAMES.split("\n") for name in line.split("|") if name]
# A name has a great letter: `mark` is a word.
_GREAT = "|".join([*(name.title() for name in _SMALL), *(name.upper() for name in _SMALL)])
PEOPLE = rf"(?:(?i:{_TITLES}|king|saint|st\.?) )?(?:{_GREAT})(?: (?i:the baptist))?|(?i:{_TITLES})"
BOOKS = (
    "(?i:(?:the |holy )?scriptures?|the (?:holy )?bible|the good book|god's word"
    "|the word(?: of god)?|the (?:verse|passage|text|psalm|proverb|law|gospel|commandment"
    "|beatitude)|the (?:old|new) testament|this verse|this passage|that verse)"
)
WHO = rf"(?:{REF}+|\b(?:{PEOPLE}|{BOOKS}))"
SAY = (
    "(?i:says?|said|saith|sayeth|writes?|wrote|states?|stated|declares?|declared|proclaims?"
    "|proclaimed|cries|cried|answers?|answered|replie[sd]|exclaims?|exclaimed|prays?|prayed"
    "|commands?|commanded|warns?|warned|promises?|promised|asks?|asked|sings|sang|reads?|goes"
    "|puts? it|quotes?|quoted)"
)
SAID = "(?i:says?|said|saith|writes?|wrote|declares?|declared)"
HE = "(?i:he|she|they|it|who|also)"
# Of these a capital letter behind a verb says nothing: `Paul said God is one`.
PROPER = (
    r"(?:I\b|God|Lord|LORD|Jesus|Christ|Israel|Spirit|Holy|Father|Son\b|Mary|Moses|David|Abraham"
    "|Peter|Paul|John|James|Jerusalem|Jews|Gentiles|Christians|Satan|Jacob|Scripture)"
)
EDITION = r"(?: ?[(\[][A-Za-z0-9 ,]{2,30}[)\]])?"
