"""PDFs for tests, written by hand: with words, or hostile."""

from __future__ import annotations

import zlib


def pdf(*pages: str, stream: bytes | None = None) -> bytes:
    """One with a page for each text; `stream` in place of what is drawn on all of them."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects += [f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()]
    objects += [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for i, text in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * i)
        )
        packed = zlib.compress(_drawn(text), 9) if stream is None else stream
        head = b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        objects.append(head + packed + b"\nendstream")
    return _file(objects)


def bomb(size: int) -> bytes:
    """A page of a few kilobytes that unpacks to `size` bytes."""
    packer = zlib.compressobj(9)
    packed = [packer.compress(b" " * 2**20) for _ in range(size >> 20)]
    return pdf("", stream=b"".join(packed) + packer.flush())


def endless(pages: int) -> bytes:
    """A small file of so many pages, on each of which 3,000 letters are set one by one."""
    return pdf(*[""] * pages, stream=zlib.compress(b"BT /F1 12 Tf (x) Tj ET " * 3_000, 9))


def circles() -> dict[str, bytes]:
    """What leads back to where it came from."""
    catalog, page = _ONE_PAGE[0], b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"
    pages, end = b"<< /Type /Pages /Count 1 /Kids [3 0 R]", b" >>"
    form = b"<< /Type /XObject /Subtype /Form" + _draws(5, b"/X Do")
    whole = pdf("words")
    table = whole.partition(b"startxref\n")[2].split()[0]
    return {
        "kids": _file([catalog, pages + end, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
        "parents": _file([catalog, pages + b" /Parent 3 0 R" + end, page, b"<<" + _stream(b"")]),
        "length": _file([catalog, pages + end, page, b"<< /Length 4 0 R >>\nstream\n\nendstream"]),
        "forms": _file([*_ONE_PAGE, b"<<" + _draws(5, b"/X Do"), form]),
        "tables": whole.replace(b"/Root", b"/Prev " + table + b" /Root"),
    }


_ONE_PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
)


def _draws(number: int, how: bytes) -> bytes:
    return b" /Resources << /XObject << /X %d 0 R >> >>" % number + _stream(how)


def _stream(content: bytes) -> bytes:
    return b" /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _drawn(text: str) -> bytes:
    lines = "".join(f"({line}) Tj T* " for line in text.split("\n"))
    return f"BT /F1 12 Tf 14 TL 72 720 Td {lines}ET".encode()


def _file(objects: list[bytes]) -> bytes:
    whole, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return whole + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(whole))
    )
