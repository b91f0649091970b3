"""What the books are called in Spanish, in the form of `english`; names as in the Reina-Valera."""

from __future__ import annotations

TABLE = """
GEN: Génesis, gén, gn
EXO: Éxodo, éxod, éx
LEV: Levítico, lev, lv
NUM: Números, núm, nm
DEU: Deuteronomio, deut, dt
JOS: Josué, jos
JDG: Jueces, jue, jc
RUT: Rut, rt
1SA: 1 Samuel, 1 sam, 1 s
2SA: 2 Samuel, 2 sam, 2 s
1KI: 1 Reyes, 1 rey, 1 re, 1 r
2KI: 2 Reyes, 2 rey, 2 re, 2 r
1CH: 1 Crónicas, 1 crón, 1 cro, 1 cr
2CH: 2 Crónicas, 2 crón, 2 cro, 2 cr
EZR: Esdras, esd
NEH: Nehemías, neh
EST: Ester, est
JOB: Job, jb
PSA: Salmos, Salmo, sal, slm, sl
PRO: Proverbios, Proverbio, prov, pr
ECC: Eclesiastés, ecles, ecl, ec
SNG: Cantares, Cantar de los Cantares, Cantar, cant, cnt, ct
ISA: Isaías, isa, is
JER: Jeremías, jer, jr
LAM: Lamentaciones, lam, lm, Lamentaciones de Jeremías
EZK: Ezequiel, ezeq, eze, ez
DAN: Daniel, dan, dn
HOS: Oseas, ose, os
JOL: Joel, jl
AMO: Amós, am
OBA: Abdías, abd, ab
JON: Jonás, jon
MIC: Miqueas, miq, mi
NAM: Nahúm, nah, na
HAB: Habacuc, hab
ZEP: Sofonías, sof
HAG: Hageo, Ageo, hag, ag
ZEC: Zacarías, zac, za
MAL: Malaquías, mal, ml
MAT: Mateo, mat, mt
MRK: Marcos, marc, mar, mc, mr
LUK: Lucas, luc, lc
JHN: Juan, jn, jua
ACT: Hechos, Hechos de los Apóstoles, hech, hec, hch
ROM: Romanos, rom, ro, rm
1CO: 1 Corintios, 1 cor, 1 co
2CO: 2 Corintios, 2 cor, 2 co
GAL: Gálatas, gál, gá
EPH: Efesios, efe, ef
PHP: Filipenses, filip, fil, flp
COL: Colosenses, col
1TH: 1 Tesalonicenses, 1 tesal, 1 tes, 1 ts
2TH: 2 Tesalonicenses, 2 tesal, 2 tes, 2 ts
1TI: 1 Timoteo, 1 tim, 1 ti
2TI: 2 Timoteo, 2 tim, 2 ti
TIT: Tito, tit
PHM: Filemón, filem, flm
HEB: Hebreos, heb, he
JAS: Santiago, sant, stgo, stg
1PE: 1 Pedro, 1 ped, 1 pe, 1 p
2PE: 2 Pedro, 2 ped, 2 pe, 2 p
1JN: 1 Juan, 1 jn
2JN: 2 Juan, 2 jn
3JN: 3 Juan, 3 jn
JUD: Judas, jud
REV: Apocalipsis, apoc, ap, Apocalipsis de Juan, Apocalipsis de San Juan, Apocalipsis de S Juan
"""
