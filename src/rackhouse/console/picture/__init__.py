"""The rack as a picture: a view in, SVG out. Pure.

`wide` draws columns from left to right (the way in, applications, what they use), `narrow` the same
from top to bottom with rails at the side. A state is a colour, a shape and a word. Colours are
classes that `static/picture.css` knows, since the page allows no style of its own.
"""

from rackhouse.console.picture.machines import machines
from rackhouse.console.picture.narrow import narrow
from rackhouse.console.picture.spark import sparkline
from rackhouse.console.picture.wide import wide

__all__ = ["machines", "narrow", "sparkline", "wide"]
