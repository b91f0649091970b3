"""A sheet to draw on from top to bottom: cards, rows, arrows beside them. Pure; knows no rack.

As wide as a phone. Light and dark by the reader's own setting, and nothing is said by colour alone.
"""

from __future__ import annotations

from html import escape

WIDTH = 400
LEFT, RIGHT = 30, 370  # of cards; beside them is room for rails
CARD, GAP = 46, 10
_LETTER = 7.3  # width of one at 13 pixels, about
_REACH = 8  # of a rail's corner


class Sheet:
    """Where the next thing goes, and all that was drawn."""

    def __init__(self) -> None:
        self.y = 0.0
        self.drawn: list[str] = []

    def words(self, text: str, style: str = "", room: float = RIGHT - 16) -> None:
        """A paragraph."""
        for line in _folded(text, room):
            self.y += 18
            self._text(style, 16, self.y, line)

    def space(self, height: float = GAP) -> None:
        """Nothing."""
        self.y += height

    def card(self, name: str, below: str, corner: str = "", style: str = "card") -> float:
        """A card; the height of its middle, where arrows end."""
        top, middle = self.y, self.y + CARD / 2
        room = RIGHT - LEFT - 24
        self._box(style, LEFT, top, RIGHT - LEFT, CARD)
        self._text("name", LEFT + 12, top + 19, fit(name, room - len(corner) * _LETTER))
        self._text("soft", LEFT + 12, top + 37, fit(below, room))
        self._text("soft end", RIGHT - 12, top + 19, corner)
        self.y += CARD + GAP
        return middle

    def row(self, sign: str, name: str, corner: str = "") -> None:
        """One line of a list."""
        self.y += 20
        room = RIGHT - LEFT - 36 - len(corner) * _LETTER
        self._text("sign", LEFT + 8, self.y, sign)
        self._text("", LEFT + 24, self.y, fit(name, room))
        self._text("soft end", RIGHT - 12, self.y, corner)

    def arrow(self, start: float, end: float, *, left: bool) -> None:
        """Beside the cards, from the middle of one to the middle of another further down."""
        edge, rail = (LEFT, 12) if left else (RIGHT, WIDTH - 12)
        turn, out = (_REACH, -1) if left else (-_REACH, 1)
        tip = edge + out * 2
        way = f"M{edge} {start:g}H{rail + turn}q{-turn} 0 {-turn} {_REACH}"
        way += f"V{end - _REACH:g}q0 {_REACH} {turn} {_REACH}H{tip}"
        self.drawn.append(f'<path class="wire" d="{way}"/>')
        self.drawn.append(f'<path class="tip" d="M{tip} {end:g}l{out * 7} -4v8z"/>')

    def frame(self, top: float) -> None:
        """A frame around all since `top`, behind it."""
        self._box("frame", 20, top, WIDTH - 40, self.y - top)
        self.drawn.insert(0, self.drawn.pop())

    def svg(self, title: str, told: str) -> str:
        """The whole, with a title and a text for whoever cannot see it."""
        height = self.y + 16
        size = f'width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}"'
        named = 'role="img" aria-labelledby="title told"'
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {named}>',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="told">{escape(told)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{height:g}"/>',
            *self.drawn,
            "</svg>\n",
        ]
        return "\n".join(parts)

    def _text(self, style: str, x: float, y: float, words: str) -> None:
        if words:
            self.drawn.append(f'<text class="{style}" x="{x:g}" y="{y:g}">{escape(words)}</text>')

    def _box(self, style: str, x: float, y: float, width: float, height: float) -> None:
        size = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
        self.drawn.append(f'<rect class="{style}" {size} rx="8"/>')


def fit(words: str, room: float) -> str:
    """`words`, cut to what about fits."""
    most = max(1, int(room / _LETTER))
    return words if len(words) <= most else words[: most - 1] + "\u2026"


def _folded(text: str, room: float) -> list[str]:
    most, lines = int(room / _LETTER), [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


_STYLE = (
    "svg{max-width:100%;height:auto}"
    "text{font:13px system-ui,sans-serif;fill:#1a2027}.head{font-size:19px;font-weight:600}"
    ".title{font-weight:600}.name{font-weight:600}.soft{fill:#55606b;font-size:12px}"
    ".end{text-anchor:end;font-variant-numeric:tabular-nums}.sign{font-weight:700}"
    ".ground{fill:#fff}.frame{fill:#eef3f8;stroke:#8a949e}.card{fill:#fff;stroke:#67727d}"
    ".shut{fill:none;stroke:#8a949e;stroke-dasharray:4 4}"
    ".wire{fill:none;stroke:#0a5fa3;stroke-width:2}.tip{fill:#0a5fa3}"
    "@media (prefers-color-scheme:dark){text{fill:#e8ecf0}.soft{fill:#a7b0ba}"
    ".ground{fill:#14181d}.frame{fill:#1b232c;stroke:#67727d}.card{fill:#28313a;stroke:#8a949e}"
    ".shut{stroke:#67727d}.wire{stroke:#6bb6f2}.tip{fill:#6bb6f2}}"
)
