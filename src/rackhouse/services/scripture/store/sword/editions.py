"""What is known of some modules, and they do not say: those of Debian, looked at verse by verse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rackhouse.services.scripture.model.canon.numbering import Place
from rackhouse.services.scripture.store.splits import KJV, SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """`numbering` where it is not what the module says. `runs_on`: where a module has no slot for
    the verses that follow, they stand in this one as one piece; with which words each begins.
    `splits`: words that it has in two pieces; `said` belongs to its attribution.
    """

    id: str
    name: str = ""
    terms: str = ""
    words: bool = True
    numbering: str = ""
    said: str = ""
    splits: Mapping[Place, str] = field(default_factory=dict)
    runs_on: dict[Place, tuple[str, ...]] = field(default_factory=dict)


EDITIONS = {
    "engKJV2006eb": Edition(
        id="kjv-strong",
        name="King James Version with Strong's numbers",
        terms=" (in the United Kingdom: letters patent of the Crown)",
        said=SAID,
        splits=KJV,
    ),
    "engWEB2015eb": Edition(
        id="web",
        name="World English Bible",
        terms=" (its name is a trademark of eBible.org: only unchanged it is called so)",
        # Its Strong's numbers were set by a program. Where the Hebrew counts verses otherwise, in a
        # hundred chapters, they are those of another verse.
        words=False,
        runs_on={
            ("ROM", 14, 23): (
                "Now to him who is able",
                "but now is revealed, and by the Scriptures",
                "to the only wise God",
            )
        },
    ),
    "spaRV1909eb": Edition(
        id="rv1909",
        name="Reina-Valera 1909",
        numbering="reina-valera",
        runs_on={
            ("NUM", 13, 33): ("También vimos allí gigantes",),
            ("NUM", 30, 16): ("Estas son las ordenanzas",),
            ("JDG", 14, 20): ("Y la mujer de Samsón",),
            ("1SA", 24, 22): ("Entonces David juró",),
            ("1KI", 22, 53): ("Porque sirvió á Baal",),
            ("1CH", 21, 30): ("Mas David no pudo",),
            ("JOB", 39, 30): (
                "Ella habita y está",
                "Desde allí acecha",
                "Sus pollos chupan",
                "A más de eso respondió",
                "¿Es sabiduría contender",
                "Y respondió Job á Jehová",
                "He aquí que yo soy vil",
                "Una vez hablé",
            ),
            ("HOS", 12, 14): ("Enojado ha Ephraim",),
            ("JON", 2, 10): ("Y mandó Jehová al pez",),
        },
    ),
}
