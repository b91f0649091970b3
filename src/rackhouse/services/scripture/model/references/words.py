"""The words between names and numbers, in English and Spanish, folded."""

from __future__ import annotations


def _some(said: str) -> frozenset[str]:
    return frozenset(said.split())


ORDINALS = {
    **dict.fromkeys(("first", "i", "primera", "primero", "primer"), 1),
    **dict.fromkeys(("second", "ii", "segunda", "segundo"), 2),
    **dict.fromkeys(("third", "iii", "tercera", "tercero", "tercer"), 3),
}
# After a number: 1st, 2nd, 3rd; 1a, 1ra, 2da, 3ra, 1er, 1o.
ORDINAL_ENDS = _some("st nd rd d a o ra da ro do er era nda ndo \u00b0")
# Between an ordinal, or the beginning, and a name: `First Epistle of St. Paul to the`.
FILLERS = _some(
    "the book letter epistle gospel of to according from st saint paul apostle prophet general el"
    " la los las de del a al libro carta epistola evangelio segun san santo pablo apostol profeta"
    " universal"
)
# Those that may follow a plain number: `1 de Juan`, never `1 of John`.
FILLERS_OF_NUMBERS = _some("book letter epistle st saint de san libro carta epistola")
# `S. Juan`: an `s` is one only before those, else it is Samuel.
SAINT = _some("s sn")
SAINTS = _some(
    "juan jn pedro pablo mateo mt marcos mc lucas lc judas santiago john peter paul matthew mark"
    " luke jude james"
)
CHAPTERS = _some("chapters chaps chs caps capitulos")  # several, so a list of them follows
CHAPTER = _some("chapter chapters chap chaps ch chs cap caps capitulo capitulos")
VERSE = _some("verse verses vers ver vv v vs vss versiculo versiculos verso versos vrs vss")
PLACES = CHAPTER | VERSE
# `to` and `a` are more often something else: in prose they count between chapters
# only where the sentence does not go on behind them.
THROUGH = _some("through thru hasta al")
TO = _some("to a")
AND = _some("and y e")
BESIDE = frozenset("/|\u00b7\u2022")  # between two references, before the name of a book
FROM = _some("del desde from")  # `Mateo 5 del 3 al 12`
NEXT = _some("f s")  # and the one after it
ONWARDS = _some("ff ss")  # and those after it
HALVES = frozenset("abcd")  # a part of a verse

# In prose, names that are more often other words. Never read with a small letter.
NEVER_SMALL = _some(
    "act am he mi mr ho is os s r p mal sal est mar jue col song songs ex ab ag ne na da ob"
)
# Nor, with a great one, without a verse.
NEEDS_VERSE = _some("act mar am he mi mr ho os s r p ab ag ne na da ob song songs")
# Read by a chapter alone only where no small word follows at once: `Is 53 about`.
NEEDS_REST = frozenset({"is", "est", "col", "sal", "mal"})
# With a small letter only with a verse; other whole names may have a chapter alone.
ALSO_WORDS = _some(
    "acts mark job numbers judges kings proverbs proverb lamentations ruth romans chronicles"
    " revelation revelations esther john james jude amos joel daniel samuel peter titus canticles"
    " hechos numeros jueces reyes cantares cantar proverbios proverbio marcos mateo lucas juan"
    " pedro santiago judas lamentaciones cronicas ester daniel romanos"
)
# Of these the ones that are counted even where scripture is asked about: `the numbers 3 and 7`.
COUNTED = _some("numbers kings judges mark job numeros reyes jueces")
# What may follow at once where one of those has a chapter alone: what else does is what is counted,
# as in `Mark 3 boxes`.
GOES_ON = _some(
    "and y e or o u but pero to a through hasta al in en on with con for para from desde as como"
    " is are was es son fue has ha say says said dice tells cuenta speaks habla describes describe"
    " shows muestra teaches ensena records narra begins comienza ends that que which where when"
    " then also tambien the el la los las agree agrees ff f ss"
)
# In prose a dot behind these is one of a number: `Is 3.5 enough`, `USB Gen 3.2`.
DOTLESS = NEVER_SMALL | _some("gen rev dan ap num lev gal fil prov pro phil lam")
# What is counted, never what a chapter says.
UNITS = _some(
    "times years weeks days hours minutes months miles feet inches men women people boys girls"
    " items boxes dollars euros pounds veces anos semanas dias horas minutos meses hombres mujeres"
    " hijos hijas personas monedas euros gramos"
)
HOURS = _some("am pm h hs hrs hours oclock horas")
# Works that others wrote: what follows `of` is whose.
WORKS = _some(
    "acts hechos testament testamento ascension apocalypse apocalipsis revelation martyrdom"
    " martirio"
)
LETTERS = _some("letter epistle carta epistola")
GOSPELS = _some("gospel evangelio")
LOOK = _some("cf cp see vease ver confer compare")  # before a reference, and no part of it
OF = _some("of de del to")
