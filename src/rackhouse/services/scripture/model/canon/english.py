"""What the books are called in English: the name, then other names and abbreviations, which begin
with a small letter. The codes of USFM are read besides. No word may mean two books.
"""

from __future__ import annotations

TABLE = """
GEN: Genesis, gen, ge, gn
EXO: Exodus, exod, exo, ex
LEV: Leviticus, lev, le, lv
NUM: Numbers, num, nu, nm, nb
DEU: Deuteronomy, deut, deu, dt, dtn
JOS: Joshua, josh, jos, jsh
JDG: Judges, judg, jdg, jg, jgs, jdgs
RUT: Ruth, rth, ru, rut
1SA: 1 Samuel, 1 sam, 1 sa, 1 sm, 1 s
2SA: 2 Samuel, 2 sam, 2 sa, 2 sm, 2 s
1KI: 1 Kings, 1 kgs, 1 kin, 1 ki, 1 kg
2KI: 2 Kings, 2 kgs, 2 kin, 2 ki, 2 kg
1CH: 1 Chronicles, 1 chron, 1 chr, 1 ch
2CH: 2 Chronicles, 2 chron, 2 chr, 2 ch
EZR: Ezra, ezr
NEH: Nehemiah, neh, ne
EST: Esther, esth, est
JOB: Job, jb
PSA: Psalms, Psalm, ps, psa, psm, pslm, pss
PRO: Proverbs, Proverb, prov, pro, prv, pr
ECC: Ecclesiastes, eccles, eccl, eccle, ecc, ec, Qoheleth, qoh, qo
SNG: Song of Solomon, Song of songs, song of sol, song, Songs, sos, sg, Canticles,
    canticle of canticles
ISA: Isaiah, isa, is
JER: Jeremiah, jer, je, jr
LAM: Lamentations, lam, Lamentations of Jeremiah
EZK: Ezekiel, ezek, eze, ezk, ez
DAN: Daniel, dan, da, dn
HOS: Hosea, hos, ho
JOL: Joel, joe, jl
AMO: Amos, am, amo
OBA: Obadiah, obad, oba, ob
JON: Jonah, jon, jnh
MIC: Micah, mic, mi
NAM: Nahum, nah, na
HAB: Habakkuk, hab, hb
ZEP: Zephaniah, zeph, zep, zp
HAG: Haggai, hag, hg
ZEC: Zechariah, zech, zec, zc
MAL: Malachi, mal, ml
MAT: Matthew, matt, mat, mt
MRK: Mark, mrk, mar, mk, mr
LUK: Luke, luk, lk, lu
JHN: John, jhn, jn, joh
ACT: Acts, act, ac, Acts of the Apostles
ROM: Romans, rom, ro, rm
1CO: 1 Corinthians, 1 cor, 1 co
2CO: 2 Corinthians, 2 cor, 2 co
GAL: Galatians, gal, ga
EPH: Ephesians, ephes, eph
PHP: Philippians, phil, php
COL: Colossians, col
1TH: 1 Thessalonians, 1 thess, 1 thes, 1 th
2TH: 2 Thessalonians, 2 thess, 2 thes, 2 th
1TI: 1 Timothy, 1 tim, 1 ti, 1 tm
2TI: 2 Timothy, 2 tim, 2 ti, 2 tm
TIT: Titus, tit, tt
PHM: Philemon, philem, phlm, phm
HEB: Hebrews, heb, he
JAS: James, jas, jam, jms, jm
1PE: 1 Peter, 1 pet, 1 pe, 1 pt, 1 p
2PE: 2 Peter, 2 pet, 2 pe, 2 pt, 2 p
1JN: 1 John, 1 jn, 1 jhn, 1 joh, 1 jo
2JN: 2 John, 2 jn, 2 jhn, 2 joh, 2 jo
3JN: 3 John, 3 jn, 3 jhn, 3 joh, 3 jo
JUD: Jude, jud, jd
REV: Revelation, Revelations, rev, rv, Apocalypse, Revelation of John, Revelation to John,
    Revelation of St John, Revelation to St John, Revelation of Saint John
"""
