"""Texts of one's own, as small as they can be."""

from __future__ import annotations

import zipfile
from pathlib import Path

ABOUT = """id = "own"
name = "Our own"
language = "en"
licence = "CC0"
attribution = "Ours"
"""

USFM = r"""\id JHN - a test
\h John
\mt1 The Gospel
\ip An introduction with \bk Books\bk*.
\c 3
\cl Chapter 3
\s1 He \nd Came\nd*
\r (Luke 1:1)
\p
\v 15 that everyone\f + \fr 3:15 \ft Or \fqa all\f* who believes
\q1 in him\x - \xo 3:15 \xt Gen 1:1\x*
\q2 has \w eternal|lemma="x" strong="G0166"\w* life.
\s2 Love
\p
\v 16 For God so \w loved|strong="G25"\w* the
\wj world\f + \ft kosmos\f*that\wj* he\fig f|src="a.jpg"\fig*
\b
\m gave.
\v 17-18 Both.
\v 19a one
\v 19b two \zaln-s |x-strong="G1"\*three\zaln-e\*
"""

USX = """<?xml version="1.0" encoding="utf-8"?>
<usx version="3.0"><book code="JHN" style="id">- a test</book>
<para style="h">John</para><para style="mt1">The Gospel</para>
<para style="ip">An introduction with <char style="bk">Books</char>.</para>
<chapter number="3" style="c" sid="JHN 3"/><para style="cl">Chapter 3</para>
<para style="s1">He <char style="nd">Came</char></para><para style="r">(Luke 1:1)</para>
<para style="p"><verse number="15" style="v" sid="JHN 3:15"/>that everyone<note caller="+"
 style="f"><char style="fr">3:15 </char><char style="ft">Or </char><char
 style="fqa">all</char></note>
 who believes</para><para style="q1">in him<note caller="-" style="x"><char style="xo">3:15 </char>
<char style="xt">Gen 1:1</char></note></para>
<para style="q2">has <char style="w" strong="G0166">eternal</char> life.<verse
 eid="JHN 3:15"/></para>
<para style="s2">Love</para>
<para style="p"><verse number="16" style="v" sid="JHN 3:16"/>For God so <char style="w"
 strong="G25">loved</char> the <char style="wj">world<note caller="+" style="f"><char
 style="ft">kosmos</char></note>that</char> he<figure style="fig" file="a.jpg">f</figure></para>
<para style="b"/><para style="m">gave.<verse eid="JHN 3:16"/>
<verse number="17-18" style="v" sid="JHN 3:17-18"/>Both.<verse eid="JHN 3:17-18"/>
<verse number="19" style="v" sid="JHN 3:19"/>one two <ms style="zaln-s"/>three
<verse eid="JHN 3:19"/>
</para><chapter eid="JHN 3"/></usx>
"""

_OSIS = """<?xml version="1.0" encoding="UTF-8"?>
<osis xmlns="http://www.bibletechnologies.net/2003/OSIS/namespace"><osisText>
<header><work osisWork="T"><title>The Gospel</title></work></header>
<div type="book" osisID="John"><title type="main">John</title><chapter osisID="John.3">
<title>He <divineName>Came</divineName></title>
{0}that everyone<note><reference type="annotateRef">3:15</reference>Or all</note> who believes
<l>in him<note type="crossReference">Gen 1:1</note></l><l>has <w lemma="strong:G0166">eternal</w>
life.</l>{1}<title>Love</title>
{2}For God so <w lemma="strong:G25">loved</w> the <q who="Jesus" marker="">world<note>kosmos</note>
that</q> he<figure>f</figure><lb/>gave.{3}
{4}Both.{5}
{6}one two <milestone type="x"/>three{7}
</chapter></div></osisText></osis>
"""
_IDS = ("John.3.15", "John.3.16", "John.3.17 John.3.18", "John.3.19")
CONTAINERS = (
    _OSIS.format(*(it for id in _IDS for it in (f'<verse osisID="{id}">', "</verse>")))
    .replace("<l>in", "in")
    .replace("</l><l>has", "<lb/>has")
    .replace("</l></verse>", "</verse>")
)
MILESTONES = _OSIS.format(
    *(it for id in _IDS for it in (f'<verse osisID="{id}" sID="{id}"/>', f'<verse eID="{id}"/>'))
)


def folder(home: Path, name: str, files: dict[str, str | bytes], about: str = ABOUT) -> Path:
    """One translation."""
    path = home / name
    for file, content in {"about.toml": about, **files}.items():
        if content:
            (path / file).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (path / file).write_bytes(data)
    return path


def zipped(home: Path, name: str, files: dict[str, str | bytes], about: str = ABOUT) -> Path:
    """One translation in a zip."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in {"about.toml": about, **files}.items():
            if content:
                archive.writestr(file, content)
    return path
