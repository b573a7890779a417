"""Small real documents that the demonstration's partners hand in: a page of text as PDF, a picture as PNG."""

import struct
import zlib
from collections.abc import Sequence

_ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
_PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One page of A4 with a title and lines of text, Latin letters."""
    shown = [f"BT /F1 20 Tf 56 770 Td ({title.translate(_ESCAPED)}) Tj ET"]
    shown += [
        f"BT /F1 11 Tf 56 {730 - 18 * place} Td ({line.translate(_ESCAPED)}) Tj ET" for place, line in enumerate(lines)
    ]
    stream = "\n".join(shown).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE.encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    document, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return document + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(document))
    )


def png(width: int = 960, height: int = 540) -> bytes:
    """A picture like a screenshot of a page: a bar on top, a column, rows of text."""
    paper, ink, accent, panel = b"\xff\xff\xff", b"\xd7\xdd\xe4", b"\x2f\x9e\x6f", b"\xf3\xf5f"
    rows = []
    for y in range(height):
        if y < 56:
            row = accent * width
        else:
            line = ink if y % 36 in range(10, 22) and 90 < y < height - 60 else paper
            row = panel * 220 + paper * 40 + line * (width - 340) + paper * 80
        rows.append(b"\0" + row)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
