"""Small tables for the support score: words that mean much the same in old and new English, words
that mean the contrary, names, and numbers in words. All are stems, as `words.stem` makes them.
"""

from __future__ import annotations

from rackhouse.services.study.model.words import stem

_SAME = """
everlasting eternal; heaven heavens sky; create made make; charity love; cry wept weep; laugh
laughter; wrath anger angry; refuge shelter; transgression sin iniquity; perish die death dead;
kill murder slay; prevail defeat win; child children; teach instruct train; obey keep; glad
gladly joyful rejoice joy; require demand; journey travel go went; seek search; anxious careful
worry; request ask petition; trust believe faith confidence; lamp light; path way road; renew
new; strength strong might power; wound hurt pierce; heal cure; peacemaker peace; curse;
persecute; master lord; labour labor toil work; rest; nation people; baptize baptism; serve
minister servant; ransom; manger; inn; forgive pardon; truth true; friend; add; receive accept;
charity love; temptation tempt; creature creation; fruit; gentleness gentle meek; unseen
invisible; give gave gift given; wisdom wise; confess; hope; fall short; shine shone shined;
abide remain stay; cleanse clean; purpose; season time
"""
_CONTRARY = """
love/hate love/hatred life/death alive/dead good/evil good/bad light/darkness truth/lie
wise/fool rich/poor forgive/punish forgive/condemn save/destroy peace/war joy/sorrow
beginning/end first/last strong/weak strength/weak free/slave near/far open/shut bless/curse
peacemaker/warrior gain/lose renew/lose hide/confess enemy/friend proud/humble walk/stand
heal/wound grace/work spirit/flesh up/down yesterday/tomorrow laugh/weep laugh/wept laugh/cry
save/lost day/night new/old faith/work soft/harsh soft/grievous turn/stir way/end heaven/hell
father/mother son/daughter give/take serve/serv before/after while/after seen/unseen change/same
divide/one anxious/peace righteous/wicked wage/gift together/apart war/peace keep/give keep/gave
faithful/faithless
"""
_MANY = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty
"""
_NAMES = """
aaron abel abraham absalom adam andrew apollos barnabas boaz cain caleb daniel david deborah elijah
elisha elizabeth esau esther eve ezekiel ezra gabriel gideon goliath hagar hannah herod hezekiah
hosea isaac isaiah jacob james jeremiah jerusalem joab job john jonah jonathan joseph joshua josiah
judas laban lazarus leah lot luke lydia mark martha mary matthew melchizedek micah miriam mordecai
moses naaman naomi nathan nehemiah nicodemus noah paul peter pharaoh philip pilate rachel rebekah
ruth samson samuel sarah saul silas solomon stephen thomas timothy titus zacchaeus zechariah babylon
bethlehem damascus egypt galilee jericho nazareth nineveh rome samaria sinai sodom zion
"""
NAMES = frozenset(_NAMES.split())
MANY = {word: at for at, word in enumerate(_MANY.split(), start=2)} | {
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1_000, "dozen": 12,
}  # fmt: skip


def _same() -> dict[str, str]:
    rows = [row.split() for row in _SAME.split(";") if row.strip()]
    return {stem(word): stem(row[0]) for row in reversed(rows) for word in row}


SAME = _same()


def _contrary() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _CONTRARY.split():
        one, other = (SAME.get(stem(word), stem(word)) for word in pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


CONTRARY = _contrary()
