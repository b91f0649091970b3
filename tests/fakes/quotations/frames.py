"""The ways in which a sentence gives words as scripture's: `{q}`, with a reference `{r}`."""

from __future__ import annotations

MARKED = {
    "reference before": '{r} says: "{q}"',
    "reference before, comma": "{r} reads, \u201c{q}\u201d and that is the heart of it.",
    "reference behind": '"{q}" ({r}).',
    "reference signed": "\u201c{q}\u201d \u2014 {r}",
    "in its midst": 'When we read "{q}" in {r}, we see how near the text is to us.',
    "single marks": "As {r} has it, '{q}'.",
    "guillemets": "{r}: \u00ab{q}\u00bb",
    "set off": "> {q}\n> {r}\n",
    "bold": '**{r}**: **"{q}"**',
    "no reference": 'Remember these words: "{q}"',
    "nobody": 'There is a line that says "{q}", and I hold on to it.',
    "spoken": 'Then he answered, "{q}" and went his way.',
    "below": '"{q}"\n\n{r}',
    "never closed": '{r} tells us: "{q}',
}
SAID = {
    "says": "{r} says: {q}",
    "colon": "{r}: {q}.",
    "bare": "{r} says {q}.",
    "the text": "The Bible plainly says {q}.",
    "person": "Paul said: {q}!",
    "signed": "{q} \u2014 {r}",
    "written": "For it is written: {q}.",
    "scripture": "As Scripture says, {q}.",
    "line behind": "{q}\n{r}",
    "italic": "The Bible says: *{q}*",
}
# What these frames sign is the sentence that they stand in.
BEHIND = ("signed", "line behind")
UNMARKED = {
    "alone": "{q}.",
    "cited": "{q} ({r}).",
    "shouted": "{Q}!",
}
WITHIN = {
    "within": "I often think that {q}, and it comforts me on long days.",
    "behind": "This is what I hold on to when the night is long, {q}.",
}
EVERY = {**MARKED, **SAID, **UNMARKED, **WITHIN}


def framed(frame: str, words: str, reference: str) -> str:
    """The sentence."""
    words = words.rstrip(".,;:")
    return (
        EVERY[frame].replace("{q}", words).replace("{Q}", words.upper()).replace("{r}", reference)
    )


def needs(frame: str) -> bool:
    """Whether a reference is in it."""
    return "{r}" in EVERY[frame]
