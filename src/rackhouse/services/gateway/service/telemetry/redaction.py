"""What is masked before anything that was said is kept: keys, tokens, e-mail addresses, telephone
and card numbers. Pure. Patterns have no two ways to match the same text, so that none takes long.

It finds what has a form of its own. A password in a sentence has none: where that matters, bodies
are not kept, which is the default.
"""

from __future__ import annotations

import re

_WORDS = r"(?i:\b(?:password|passwd|secret|api[_-]?key|access[_-]?token)\b)"
# With what is joined to it in front: begun where the word begins, and there alone, since each `eyJ`
# of a long one would be read to its end.
_TOKEN = (
    r"(?<![A-Za-z0-9_-])(?=(?:[A-Za-z0-9_-]*?[_-])?eyJ)"
    r"[A-Za-z0-9_-]{11,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
)
_SECRETS = (
    # Private keys, in PEM; one that is cut off is masked to the end.
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]*(?:-----END [A-Z ]{0,40}-----)?)",
    # Keys with a mark in front: OpenAI's, Anthropic's, ours, Stripe's; of forges; of clouds.
    r"\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9_-]{16,})",
    r"\b(?:gh[pousr]|github_pat|glpat|xox[abeoprs]|hf|npm|pypi)[-_][A-Za-z0-9_-]{10,}",
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\bAIza[0-9A-Za-z_-]{30,}",
    # JSON Web Tokens, and what follows `Bearer`.
    _TOKEN,
    r"(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]{12,}",
    # A password within an address.
    r"(?<=://)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)",
    # `password: x`, `api_key=x`, "secret": "x".
    _WORDS + r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?[^\s\"',;}]{4,200}",
)
_EMAIL = r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}\b"
_DIGITS = r"(?<![\w.])\+?\d(?:[ ().\u00a0/-]{0,2}\d){8,18}(?![\w.]?\d)"

_secret = re.compile("|".join(f"(?:{pattern})" for pattern in _SECRETS))
_email = re.compile(_EMAIL)
_digits = re.compile(_DIGITS)


def masked(text: str) -> str:
    """The text with `[secret]`, `[e-mail]`, `[card]` and `[phone]` in place of such."""
    text = _secret.sub("[secret]", text)
    text = _email.sub("[e-mail]", text)
    return _digits.sub(_number, text)


def clean(text: str, most: int) -> str:
    """At most so many characters, and none that a database or a terminal stumbles over."""
    return "".join(each for each in text[:most] if each.isprintable() or each in "\n\t")


def _number(found: re.Match[str]) -> str:
    """Cards by their check digit; else a telephone number where it is written like one, though
    digits may follow that are none of its own.
    """
    said = found.group()
    digits = "".join(each for each in said if each.isdecimal())
    if 13 <= len(digits) <= 19 and _luhn(digits):
        return "[card]"
    written = said.startswith(("+", "0")) or not said.isdecimal()
    fraction = re.fullmatch(r"\d+\.\d+", said)
    return "[phone]" if written and not fraction else said


def _luhn(digits: str) -> bool:
    doubled = (int(each) * 2 for each in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(each // 10 + each % 10 for each in doubled)) % 10 == 0
