"""Who may have said something: the people of the Bible, its books, and scripture itself; and the
verbs of saying, in English and in Spanish. Pieces of patterns, for texts without accents in which
each letter of a reference is `REF`.
"""

from __future__ import annotations

REF = "\x02"
_NAMES = """
jehovah|jesus|jesus christ|christ jesus|christ|god|paul|peter|john|james|jude|moses|david|solomon
isaiah
jeremiah|ezekiel|daniel|hosea|joel|amos|jonah|micah|habakkuk|zechariah|malachi|job|mary|elijah
elisha|matthew|mark|luke|samuel|abraham|joshua|ruth|esther|nehemiah|ezra|gabriel|stephen|nathan
dios|jesucristo|cristo|pablo|pedro|juan|santiago|moises|salomon|isaias|jeremias|ezequiel|oseas
jonas|miqueas|mateo|marcos|lucas|josue|nehemias|esdras|maria|elias|eliseo|zacarias|malaquias
"""
_TITLES = (
    "(?:the |our )lord(?: god)?|the (?:psalmist|prophet|apostle|preacher|angel|holy spirit|spirit"
    "|father|son|savior|saviour|messiah|evangelist|almighty)|the (?:author|writer) of [a-z]+"
    "|el (?:senor|salmista|profeta|apostol|predicador|angel|espiritu santo|salvador|mesias)"
)
_SMALL = [name for line in _NAMES.split("\n") for name in line.split("|") if name]
# A name has a great letter: `mark` is a word.
_GREAT = "|".join([*(name.title() for name in _SMALL), *(name.upper() for name in _SMALL)])
PEOPLE = rf"(?:(?i:{_TITLES}|king|saint|st\.?) )?(?:{_GREAT})(?: (?i:the baptist))?|(?i:{_TITLES})"
BOOKS = (
    "(?i:(?:the |holy )?scriptures?|the (?:holy )?bible|the good book|god's word"
    "|the word(?: of god)?|the (?:verse|passage|text|psalm|proverb|law|gospel|commandment"
    "|beatitude)|the (?:old|new) testament|this verse|this passage|that verse"
    "|la (?:santa )?biblia|las? (?:sagradas? |santas? )?escrituras?|la palabra de dios"
    "|el (?:versiculo|pasaje|texto|salmo|evangelio)|este (?:versiculo|pasaje))"
)
# With one of these letters each of them begins: nearly all words are seen at once to be no name.
INITIAL = r"\b(?=[A-Zeghklost])"
WHO = rf"(?:{REF}+|{INITIAL}(?:{PEOPLE}|{BOOKS}))"
SAY = (
    "(?i:says?|said|saith|sayeth|writes?|wrote|states?|stated|declares?|declared|proclaims?"
    "|proclaimed|cries|cried|answers?|answered|replie[sd]|exclaims?|exclaimed|prays?|prayed"
    "|commands?|commanded|warns?|warned|promises?|promised|asks?|asked|sings|sang|reads?|goes"
    "|puts? it|quotes?|quoted|dice|dijo|decia|escribe|escribio|declara|declaro|afirma|afirmo"
    "|respondio|exclamo|clamo|promete|ensena)"
)
SAID = "(?i:says?|said|saith|writes?|wrote|declares?|declared|dice|dijo|escribe|escribio)"
HE = "(?i:he|she|they|it|who|also|el|ella)"
# Of these a capital letter behind a verb says nothing: `Paul said God is one`.
PROPER = (
    rf"(?:(?:I|Son|{_GREAT})\b|Lord|LORD|Israel|Spirit|Holy|Father|Jerusalem|Jews|Gentiles"
    "|Christians|Satan|Jacob|Isaac|Noah|Aaron|Saul|Pharaoh|Pilate|Caesar|Scripture)"
)
EDITION = r"(?: ?[(\[][A-Za-z0-9 ,]{2,30}[)\]])?"
