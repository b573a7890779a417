"""Files that are handed in: what is let in, and each kind that is not."""

import pytest

from honeyguide.common.errors import Invalid
from honeyguide.files import checking as files
from honeyguide.files import limits
from tests.live.requirements.samples import JPEG, PDF, office, png, upload


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("plan.pdf", PDF, "application/pdf"),
        ("PLAN.PDF", PDF, "application/pdf"),
        ("shot.png", png(), "image/png"),
        ("shot.jpg", JPEG, "image/jpeg"),
        ("shot.jpeg", JPEG, "image/jpeg"),
        ("plan.docx", office("docx"), "wordprocessingml.document"),
        ("plan.xlsx", office("xlsx"), "spreadsheetml.sheet"),
        ("plan.pptx", office("pptx"), "presentationml.presentation"),
    ],
)
def test_whole_plain_documents_are_let_in_as_what_they_are(name: str, content: bytes, kind: str) -> None:
    found = files.check(upload(name, content))
    assert found.content_type.endswith(kind)
    assert found.content == content


REFUSED = [
    ("nothing.pdf", b"", "empty"),
    ("page.html", b"<html></html>", "not taken"),
    ("picture.svg", b"<svg onload='x()'/>", "not taken"),
    ("video.mp4", b"\0\0\0\x18ftypmp42", "handed in as a link"),
    ("tool.exe", b"MZ", "not taken"),
    ("no-ending", PDF, "not taken"),
    ("page.pdf", b"<html><script>x()</script></html>", "not PDF"),
    ("picture.png", b"<svg onload='x()'/>", "not PNG"),
    ("picture.jpg", png(), "not JPG"),
    ("tool.pdf", b"MZ" + PDF, "not PDF"),
    ("half.pdf", PDF[:40], "not whole"),
    ("locked.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "password"),
    ("script.pdf", PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (x) >> /Type"), "script"),
    ("program.pdf", PDF.replace(b"/Type", b"/A << /S /Launch >> /Type"), "script or other files"),
    ("parcel.pdf", PDF.replace(b"/Type", b"/Names << /EmbeddedFiles 4 0 R >> /Type"), "script or other files"),
    ("twice.pdf", PDF + office("docx") + b"%%EOF", "something else behind"),
    ("twice.png", png() + b"<html>", "something else behind"),
    ("twice.jpg", JPEG + office("docx"), "something else behind"),
    ("torn.png", png()[:-6], "cannot be read"),
    ("changed.png", png().replace(b"\x00\x00\x00\x01\x08", b"\x00\x00\x00\x02\x08", 1), "cannot be read"),
    ("torn.jpg", JPEG[:-2], "cannot be read"),
    ("huge.png", png(100_000, 100_000), "too large"),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    ("other.docx", office("xlsx"), "not DOCX"),
    ("torn.docx", office("docx")[:-30], "cannot be read"),
    ("behind.docx", office("docx") + b"<html>", "something else|cannot be read"),
    ("macros.docx", office("docx", {"word/vbaProject.bin": b"x"}), "macros"),
    ("bomb.xlsx", office("xlsx", {"xl/big.xml": b"0" * 30_000_000}), "grows too large"),
    ("outside.docx", office("docx", {"../../etc/passwd": b"x"}), "cannot be read"),
    ("many.docx", office("docx", {f"x/{number}": b"" for number in range(2100)}), "grows too large"),
]


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_is_not_let_in_is_told_at_the_field(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        files.check(upload(name, content))
    assert set(refused.value.fields) == {"file"}


def test_a_file_beyond_the_limit_is_refused_without_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_MAX_BYTES", 50)
    with pytest.raises(Invalid, match="too large"):
        files.check(upload("plan.pdf", PDF))


def test_an_encrypted_office_entry_is_refused() -> None:
    content = bytearray(office("docx"))
    start = content.find(b"PK\x01\x02")
    content[start + 8] |= 1
    with pytest.raises(Invalid, match="password"):
        files.check(upload("plan.docx", bytes(content)))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\alice\\План 2026.PDF", "План 2026.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\r\nX-Header: 1.pdf", "aX-Header_ 1.pdf"),
        ("<b>\"x\"|?*.pdf", "_b__x____.pdf"),
        (".pdf", "file.pdf"),
        ("  plan  .pdf", "plan.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)  # fmt: skip
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert files.clean_name(given) == kept
    assert len(kept) <= limits.FILE_NAME_MAX_CHARS
