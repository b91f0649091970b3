"""What of a sentence may leave. The order: what names a verse that there is not, what is given as
the text's own words, what is a verse without saying so, and what only sounds like one.
"""

from __future__ import annotations

from collections.abc import Iterator

from rackhouse.services.study.model.guard import manner, speech
from rackhouse.services.study.model.guard.claims import Claim, Reading, read
from rackhouse.services.study.model.guard.exactly import Exactly
from rackhouse.services.study.model.guard.index import Index, Texts
from rackhouse.services.study.model.guard.mentions import Mention, Mentions, References
from rackhouse.services.study.model.guard.nearly import Nearly
from rackhouse.services.study.model.guard.normalise import bare, unreadable
from rackhouse.services.study.model.guard.passages import Passages, Pick
from rackhouse.services.study.model.guard.search import Numbers, Search
from rackhouse.services.study.model.guard.unmarked import Unmarked
from rackhouse.services.study.model.guard.verdict import Verdict, blocked
from rackhouse.services.study.model.guard.written import Put, Words, written

_SLIGHT = 2  # words of a change
_TERM = 3  # words in quotation marks that nothing introduces
_NEAR_TERM = 4  # where no verse is near


class Guard:
    """Over all held translations; the first one's words are preferred. What one sentence says of
    the next is known to `stream.Stream` alone.
    """

    def __init__(self, texts: Texts, references: References | None = None) -> None:
        self.index = Index(texts)
        self.mentions = Mentions(texts, references)
        self._passages = Passages(self.index)
        self._search = Search(self.index)
        self._exactly = Exactly(self._search, self._passages)
        self._nearly = Nearly(self._search, self._passages)
        self._unmarked = Unmarked(self._search, self._passages, self._nearly)

    def check(
        self, sentence: str, *, inside: bool = False, carried: Mention | None = None
    ) -> Verdict:
        """What leaves of it. `inside` and `carried` as `claims.read`. It never raises: what cannot
        be judged does not leave.
        """
        try:
            reading = read(sentence, self.mentions, inside=inside, carried=carried)
            return self.judge(reading)
        except Exception as error:  # noqa: BLE001 (fail closed, whatever it is)
            return blocked(f"the guard could not judge it: {type(error).__name__}")

    def crosses(self, before: str, sentence: str) -> bool:
        """Whether the two of them are a changed verse together."""
        first, second = bare(before), bare(sentence)
        return self._unmarked.crosses(self.index.numbers([*first, *second]), len(first))

    def judge(self, reading: Reading) -> Verdict:
        """The same of a sentence that has been read."""
        if unreadable(reading.words):
            return blocked("words are written so that they cannot be read")
        if any(not each.ranges for each in reading.mentions) and not (
            speech.lone(reading.masked) and not reading.claims
        ):
            return blocked("it names a verse that there is not")
        numbers = self.index.numbers([word.text for word in reading.words])
        puts: list[Put] = []
        try:
            for claim in reading.claims:
                puts += self._claimed(reading, claim, numbers)
            puts += [
                verse
                for verse in self._verses(reading, numbers)
                if all(verse.end <= put.start or put.end <= verse.start for put in puts)
            ]
        except Instead as instead:
            return written(reading, self._passages, [instead.put])
        except Refused as refused:
            return blocked(str(refused))
        if self._sounds(reading, numbers, puts):
            return blocked("it is written as scripture is, and no text has it")
        return written(reading, self._passages, puts)

    def _claimed(self, reading: Reading, claim: Claim, numbers: Numbers) -> Iterator[Put]:
        """What stands for words that are given as the text's own. Refused, Instead."""
        found = self._exactly.picks(reading, claim, numbers)
        if found is not None:
            picks, held = found
            if self._elsewhere(reading, claim, picks, held=held):
                raise self._instead(reading, claim, picks)
            if not claim.marked and (put := self._before(reading, claim, numbers, exact=True)):
                yield put
                return
            if len(claim) > _TERM or (claim.mention and len(claim) > 1 and claim.introduced):
                yield Put.of(claim, picks, exact=True)
            return
        if self._term(claim, numbers):
            return
        if not claim.marked:
            put = self._before(reading, claim, numbers) or self._begun(reading, claim, numbers)
            if put:
                yield put
                return
        picks = self._nearly.picks(claim, numbers)
        if not picks:
            raise Refused("words are given as scripture's that no text has")
        if speech.denied(reading.masked, claim.start):
            raise Refused("it says of changed words that they are not scripture's")
        yield Put.of(claim, picks, exact=False)

    def _elsewhere(
        self, reading: Reading, claim: Claim, picks: tuple[Pick, ...], *, held: bool
    ) -> bool:
        """Whether they are the text's own words, and not of the verse they are given with."""
        if held or (len(claim) <= _TERM and not (claim.beside or claim.introduced)):
            return False
        if claim.beside or len(reading.mentions) == 1:
            return True
        return not any(self._exactly.held(picks, each) for each in reading.mentions)

    def _instead(self, reading: Reading, claim: Claim, picks: tuple[Pick, ...]) -> Exception:
        """The words with their own reference, and nothing else of the sentence."""
        if len(claim) <= _NEAR_TERM:
            return Refused("words are given with a reference that does not have them")
        return Instead(Put(0, len(reading.clean.text), picks, exact=False))

    def _term(self, claim: Claim, numbers: Numbers) -> bool:
        """Whether it is a word or two that somebody puts in quotation marks."""
        if not claim.marked or claim.introduced:
            return False
        if len(claim) <= _TERM:
            return True
        said = numbers[claim.first : claim.last]
        return len(claim) <= _NEAR_TERM and not self._search.stretches(said)

    def _before(
        self, reading: Reading, claim: Claim, numbers: Numbers, *, exact: bool = False
    ) -> Put | None:
        """The verse from before a claim on, where what announces it is the verse's own, changed:
        `For as the scripture saith, ...`. `exact`: the claim itself is not.
        """
        for each in self._search.stretches(numbers[: claim.last]):
            if each.end < claim.last - 1:
                continue
            runs = each.aligned.runs
            if exact and not any(
                it.start <= claim.first and it.start + it.size >= claim.last for it in runs
            ):
                return None
            before = sum(it.size for it in runs if it.start < claim.first)
            if each.start >= claim.first or each.aligned.exact or before < _TERM:
                return None
            if each.aligned.widest > _SLIGHT:
                return None
            start = reading.words[each.start].start
            return Put(start, claim.end, (Pick(each.place, each.last),), exact=False)
        return None

    def _begun(self, reading: Reading, claim: Claim, numbers: Numbers) -> Put | None:
        """An exact beginning up to a stop: what follows it was perhaps nobody's words, and goes."""
        text = reading.clean.text
        for last in range(claim.last - 1, claim.first + _TERM, -1):
            gap = text[reading.words[last - 1].end : reading.words[last].start]
            if not any(mark in gap for mark in ",.;:!?\u2014("):
                continue
            part = Claim(
                claim.first, last, claim.start, claim.end, False, True, claim.mention, claim.beside
            )
            found = self._exactly.picks(reading, part, numbers)
            if found and found[1]:
                return Put(claim.start, claim.end, found[0], exact=False)
        return None

    def _verses(self, reading: Reading, numbers: Numbers) -> Iterator[Put]:
        """What stands for verses that do not say so. Refused, Instead."""
        for taken in self._unmarked.taken(reading, numbers):
            if taken.pick is None:
                raise Refused("it is nearly what several verses say")
            put = Put(
                reading.words[taken.first].start,
                reading.words[taken.last - 1].end,
                (taken.pick,),
                exact=taken.exact,
            )
            named = reading.mentions
            if named and not any(self._touch(put, each) for each in named):
                if not taken.exact:
                    raise Refused("changed words are given with a reference of others")
                raise Instead(Put(0, len(reading.clean.text), put.picks, exact=False))
            yield put

    def _touch(self, put: Put, mention: Mention) -> bool:
        return all(mention.touches(*self._passages.ends(pick)) for pick in put.picks)

    def _sounds(self, reading: Reading, numbers: Numbers, puts: list[Put]) -> bool:
        """Whether what is left sounds like scripture: runs of its own words do so rightly."""
        left = [
            at
            for first, last in reading.free()
            for at in range(first, last)
            if not any(put.start <= reading.words[at].start < put.end for put in puts)
        ]
        told = Words([reading.words[at].text for at in left], left)
        if not manner.scriptural(told.texts):
            return False
        own = self._search.own(numbers, left)
        if manner.announced(told.texts):
            return len(own) < len(left)
        at = manner.blessed(told.texts)
        if at is not None and (at >= len(left) or left[at] not in own):
            return True
        return manner.scriptural(told.without(own))


class Refused(Exception):  # never leaves this file
    """Nothing of the sentence leaves, and why."""


class Instead(Exception):
    """Of the whole sentence this leaves alone."""

    def __init__(self, put: Put) -> None:
        super().__init__()
        self.put = put
