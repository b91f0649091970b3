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
