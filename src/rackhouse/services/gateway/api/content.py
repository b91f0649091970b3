"""What is no text in a question: images, documents, addresses. They are passed on and never fetched
here. An address that nobody has looked at is refused: a server inside would fetch it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rackhouse.services.gateway.api import parse
from rackhouse.services.gateway.model.problem import BadRequest

# More tokens than any model makes of one image; its bytes say nothing of that.
_IMAGE = 50_000
_ITSELF = "what lies there itself, as data:TYPE;base64,DATA"
_KEPT = ("previous_response_id", "conversation", "prompt")  # texts that the upstream has


class Content:
    """`fetched`: the first field with an address that whoever answers would fetch. `unbounded`: the
    first that stands for more than its bytes, nobody knows how much. "" where there is none.
    """

    def __init__(self) -> None:
        self.images = 0
        self.fetched = ""
        self.unbounded = ""
        self._size = 0  # bytes of images

    def tokens(self, size: int) -> int:
        """At most, of a question of `size` bytes."""
        return max(0, size - self._size) + self.images * _IMAGE

    def chat(self, message: dict[str, Any], at: str) -> None:
        """A message of a chat. BadRequest by its field."""
        if message.get("audio") is not None:  # an answer of before, by its id
            self._unbounded(f"{at}.audio")
        content = message.get("content")
        if content is None or isinstance(content, str):
            return
        at = f"{at}.content"
        for number, part in enumerate(parse.listed_or_empty(content, at)):
            self._part(part, f"{at}[{number}]")

    def response(self, payload: dict[str, Any]) -> None:
        """What `/v1/responses` is asked. BadRequest by its field."""
        for name in _KEPT:
            if payload.get(name) is not None:
                self._unbounded(name)
        said = payload["input"]
        for index, item in enumerate(said if isinstance(said, list) else ()):
            known = not isinstance(item, dict) or "role" in item
            if not known and item.get("type") in (None, "item_reference"):
                self._unbounded(f"input[{index}]")
        for field, key, value in _fields(said, "input"):
            self._field(field, key, value)
        for index, tool in enumerate(parse.optional_list(payload, "tools")):
            for key in tool if isinstance(tool, dict) else ():
                _no_address(key, f"tools[{index}].{key}")

    def _part(self, part: Any, at: str) -> None:
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            fix = 'a text is {"type": "text", "text": "..."}'
            raise BadRequest(f"`{at}` is no object with a type", fix=fix, param=at)
        for key in dict.fromkeys((part["type"], *part)):
            if key == "image_url":
                image = part.get(key)
                self._image(
                    image.get("url") if isinstance(image, dict) else None, f"{at}.{key}.url"
                )
            else:
                _no_address(key, f"{at}.{key}")
        if isinstance(file := part.get("file"), dict):
            self._file(file, f"{at}.file")

    def _file(self, file: dict[str, Any], at: str) -> None:
        for key, value in file.items():
            _no_address(key, f"{at}.{key}")
            if key == "file_data" and isinstance(value, str) and not value.startswith("data:"):
                self._address(value, f"{at}.{key}")
                self._unbounded(f"{at}.{key}")
            elif key == "file_id":
                self._unbounded(f"{at}.{key}")

    def _field(self, at: str, key: str, value: Any) -> None:
        if key == "image_url":
            self._image(value, at)
        elif key == "file_url":
            self._address(value, at)
            self._unbounded(at)
        elif key == "file_id":
            self._unbounded(at)
        else:
            _no_address(key, at)

    def _image(self, url: Any, at: str) -> None:
        self._address(url, at)
        self.images += 1
        self._size += len(url)

    def _address(self, url: Any, at: str) -> None:
        if not isinstance(url, str) or not url.startswith(("data:", "https://")):
            what = f"`{at}` is neither a data: nor an https: address"
            raise BadRequest(what, fix=f"send {_ITSELF}", param=at)
        if not url.startswith("data:"):
            self.fetched = self.fetched or at

    def _unbounded(self, at: str) -> None:
        self.unbounded = self.unbounded or at


def _no_address(key: str, at: str) -> None:
    if key.endswith("_url"):
        what = f"`{at}` is an address of a kind that is not passed on"
        raise BadRequest(what, fix=f"send {_ITSELF}, as `image_url` or `file`", param=at)


def _fields(value: Any, at: str) -> Iterator[tuple[str, str, Any]]:
    """Where each field is, its name and what it says, at any depth; without those that are null."""
    left = [(value, at)]
    while left:
        value, at = left.pop()
        if isinstance(value, list):
            left += ((each, f"{at}[{index}]") for index, each in enumerate(value))
        elif isinstance(value, dict):
            for key, each in value.items():
                if each is not None:
                    yield f"{at}.{key}", key, each
                    if isinstance(each, dict | list):
                        left.append((each, f"{at}.{key}"))
