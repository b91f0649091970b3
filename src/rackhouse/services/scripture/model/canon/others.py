"""Books that some canons have and this one has not: to say so, where one of them is asked for."""

from __future__ import annotations

TABLE = """
Tobit; Judith; Wisdom; Wisdom of Solomon; Sirach; Ecclesiasticus; Baruch; Letter of Jeremiah;
Prayer of Azariah; Susanna; Bel and the Dragon; Prayer of Manasseh; 1 Maccabees; 2 Maccabees;
3 Maccabees; 4 Maccabees; 1 Macc; 2 Macc; 3 Macc; 4 Macc; 1 Esdras; 2 Esdras; Enoch; Jubilees;
Tobías; Judit; Sabiduría; Eclesiástico; Baruc; 1 Macabeos; 2 Macabeos; 1 Mac; 2 Mac;
Tob; Tb; Jdt; Wis; Sab; Sb; Sir; Ecclus; Eclo; Bar; 1 Esd; 2 Esd
"""
