"""A stream of a model's text, as verdicts: sentence by sentence, each with what those before it say
of it.
"""

from __future__ import annotations

from rackhouse.services.study.model.guard import onward, speech
from rackhouse.services.study.model.guard.claims import Reading, read
from rackhouse.services.study.model.guard.guard import Guard
from rackhouse.services.study.model.guard.mentions import Mention
from rackhouse.services.study.model.guard.sentences import Holder
from rackhouse.services.study.model.guard.verdict import Kind, Part, Plain, Quote, Verdict, blocked

_KEPT = 160  # characters of what has left, which the next sentence may go on with
_STOPS = " \n.,;:!?*_"


class Stream:
    """One answer. Not to be shared."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._holder = Holder()
        self._inside = False  # a quotation was open where a sentence was cut
        self._carried: Mention | None = None
        self._before = ""
        self._marked = ""
        self._named: Mention | None = None
        self._quotes: tuple[Quote, ...] = ()
        self._given: Quote | None = None  # the sentence before ended with it, and no mark closes it

    def feed(self, chunk: str) -> list[tuple[str, Verdict]]:
        """The sentences that are whole with it, and what leaves of each."""
        return [(each, self._judged(each)) for each in self._holder.feed(chunk)]

    def end(self) -> list[tuple[str, Verdict]]:
        """What is left when the stream has ended."""
        return [(each, self._judged(each)) for each in self._holder.end()]

    def _judged(self, sentence: str) -> Verdict:
        try:
            reading = read(
                sentence,
                self._guard.mentions,
                inside=self._inside,
                carried=self._carried,
                before=self._named,
            )
            verdict = self._guard.judge(reading)
            if _bare(reading) and not self._signs(sentence, reading):
                verdict = blocked("it signs the quotation before it with another reference")
            elif self._strays(reading, verdict):
                verdict = blocked("it goes on with another verse than the one that was named")
            elif self._given and onward.strays(self._guard.index, self._given, reading):
                verdict = blocked("it goes on with the verse before it in other words")
            elif self._goes_on(sentence, reading, verdict):
                verdict = blocked("with the sentence before it, it is nearly what a verse says")
            self._remember(sentence, reading, verdict)
        except Exception as error:  # noqa: BLE001 (fail closed, whatever it is)
            return blocked(f"the guard could not judge it: {type(error).__name__}")
        return verdict

    def _signs(self, sentence: str, reading: Reading) -> bool:
        """Whether what is written just before it is of the verses that it names."""
        if self._marked:
            joined = self._guard.check(f"{self._marked} {sentence.strip()}")
            return joined.kind in {Kind.PASSES, Kind.QUOTED}
        return all(
            any(each.holds(quote.first, quote.last) for each in reading.mentions)
            for quote in self._quotes
        )

    def _strays(self, reading: Reading, verdict: Verdict) -> bool:
        """Whether the sentence before began to say a verse without marks, and this says others."""
        if self._named is None or reading.claims or reading.mentions:
            return False
        return not all(self._named.touches(each.first, each.last) for each in verdict.quotes)

    def _goes_on(self, sentence: str, reading: Reading, verdict: Verdict) -> bool:
        """Whether it makes a changed verse with the end of what has left before."""
        own = verdict.kind is Kind.PASSES or (self._quotes and verdict.kind is Kind.CORRECTED)
        if not own or not self._before or reading.claims:
            return False
        return self._guard.crosses(self._before, sentence)

    def _remember(self, sentence: str, reading: Reading, verdict: Verdict) -> None:
        self._inside = reading.open and not sentence.endswith(("\n\n", "\r\n\r\n"))
        self._carried, self._quotes = None, verdict.quotes
        if not reading.claims and not verdict.quotes:
            self._carried = speech.announced(reading.masked, reading.mentions)
        last = reading.claims[-1] if reading.claims and verdict.parts else None
        self._named = last.mention if last and not last.marked else None
        end = _end(reading, verdict)
        if isinstance(end, Quote):
            self._given = end
        elif self._given:
            more = onward.further(self._guard.index, self._given, reading)
            self._given = more if end else None
        self._before = _tail(reading, end)
        marked = bool(reading.claims) and reading.claims[-1].marked and bool(verdict.parts)
        self._marked = sentence.strip() if marked else ""


def _bare(reading: Reading) -> bool:
    """Whether it is a reference and nothing else."""
    return bool(reading.mentions) and not reading.claims and not [*reading.free()]


def _end(reading: Reading, verdict: Verdict) -> Part | None:
    """What the next sentence may go on with: the last that left, where no mark closes it."""
    claim = reading.claims[-1] if reading.claims else None
    if not verdict.parts or (claim and claim.marked):
        return None
    last = verdict.parts[-1]
    if isinstance(last, Plain) and not last.text.strip(_STOPS) and len(verdict.parts) > 1:
        return verdict.parts[-2]
    return last


def _tail(reading: Reading, end: Part | None) -> str:
    """Its last words."""
    if end is None:
        return ""
    if isinstance(end, Quote):
        return end.text[-_KEPT:]
    claim = reading.claims[-1] if reading.claims else None
    text = reading.clean.text
    return (text[claim.start : claim.end] if claim else text)[-_KEPT:]
