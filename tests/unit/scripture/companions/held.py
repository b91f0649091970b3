"""A few cross-references and subjects, as their files have them."""

from __future__ import annotations

from rackhouse.services.scripture.model.topics import Topics
from rackhouse.services.scripture.model.translation import Licence
from rackhouse.services.scripture.service.companions import Companions
from rackhouse.services.scripture.store import links, topics

LINES = """From Verse\tTo Verse\tVotes\t#www.openbible.info CC-BY
John.3.16\tRom.5.8\t830
John.3.16\t1John.4.9-1John.4.10\t720
John.3.17\tRom.5.8\t9
John.3.17\tLuke.19.10\t40
John.3.16\tJude.1.4\t-3
"""
ENTRIES = {
    "FAITH": """<entryFree n="FAITH"><def>
<lb/>\u2192 Defined <ref osisRef="Heb.11.1-Heb.11.3">Heb 11:1-3</ref>
<lb/>\u2192 EXEMPLIFIED
<list><item>Abraham &amp; Sarah <ref osisRef="Gen.15.6">Ge 15:6</ref>;
<ref osisRef="Heb.11">11</ref></item></list>
<lb/>\u2192 In Christ; See <ref target="Nave:SALVATION">SALVATION</ref>
<ref osisRef="John.3.16">Joh 3:16</ref>:18
</def></entryFree>""",
    "SALVATION": '<def><lb/>\u2192 <b onclick="x">Plan</b> of'
    ' <ref osisRef="John.3.14-John.3.17">Joh 3:14-17</ref></def>',
    "FAITHFULNESS": '<def><lb/>Of God <ref osisRef="Ps.36.5 Nope.1.1 Ps.999">Ps 36:5</ref></def>',
    "JESUS, THE CHRIST": '<def><lb/>All <ref osisRef="Matt-John">of it</ref></def>',
}
TERMS = Licence(name="Public Domain", attribution="Nave's, for a test.")


def topical() -> Topics:
    named = topics._named((name, said.encode()) for name, said in ENTRIES.items())
    return Topics("Nave's", TERMS, ENTRIES, lambda it: topics.topic(it, ENTRIES[it]), named)


def companions() -> Companions:
    return Companions(links=links.read(LINES.splitlines(), "here"), topics=topical())
