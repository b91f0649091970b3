"""The Reina-Valera of 1909: where verses have other numbers than ours.

Found by comparing the Strong's numbers of its verses with those of the King James Version; its
SWORD module says that it counts as that one does, and does not.
"""

from __future__ import annotations

TABLE = """
NUM 13:1 12:16, 13:2-34 13:1, 30:1 29:40, 30:2-17 30:1
JDG 14:19 14:18, 14:20-21 14:19
1SA 24:1 23:29, 24:2-23 24:1
2SA 20:25 20:25, 20:25 20:26
1KI 22:44-54 22:43
1CH 21:16 21:15, 21:17-31 21:16
2CH 33:10 33:10, 33:10 33:11, 33:11-24 33:12
JOB 35:15 35:15, 35:15 35:16, 39:1-3 38:39, 39:4-33 39:1, 39:34-38 40:1, 40:1-19 40:6
HOS 12:1 11:12, 12:2-15 12:1
JON 2:1 1:17, 2:2-11 2:1
ACT 19:40 19:40, 19:40 19:41
2CO 13:12 13:12, 13:12-13 13:13
"""
