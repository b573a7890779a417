"""Files that are handed in: what is let in.

A file is what its content says, never what its name says; the name must agree. Only whole, plain documents are let in:
nothing encrypted, nothing that runs, nothing that is two things at once, nothing that grows beyond reason when opened.
"""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from honeyguide.common.errors import Invalid
from honeyguide.files import limits

FIELD = "file"
MEGABYTE = 1_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
}
"""What is let in: content types by the ending of the name."""
ACCEPT = ",".join(f".{ending}" for ending in TYPES)
_MAIN_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_END = b"PK\x05\x06"
_ZIP_END_BYTES = 22
_PDF_TAIL_BYTES = 2048
_PDF_ENCRYPTED = re.compile(rb"/Encrypt[\s<]")
_PDF_ACTIVE = re.compile(
    rb"/JavaScript[\s/<(\[>]|/JS\s*[(<]|/JS\s+\d+\s+\d+\s+R|/Launch[\s/<(\[>]|/EmbeddedFiles[\s/<(\[>]"
)
_UNSAFE_IN_A_NAME = re.compile(r'[<>:"|?*/\\]')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was let in, not stored yet."""

    name: str
    content_type: str
    content: bytes


def refuse(message: str) -> Invalid:
    """A refusal that stands at the field."""
    return Invalid(message, fields={FIELD: message})


def what_is_taken() -> str:
    """What is let in, in words."""
    return _("PDF, PNG, JPEG, DOCX, XLSX or PPTX, up to %(size)s MB") % {"size": limits.FILE_MAX_BYTES // MEGABYTE}


def check(given: "UploadedFile[bytes]") -> Upload:
    """Look into a file that was sent. Raises Invalid with words for whoever sent it."""
    size = given.size or 0
    if size > limits.FILE_MAX_BYTES:
        raise refuse(_("The file is too large. Expected: %(taken)s.") % {"taken": what_is_taken()})
    content = given.read(limits.FILE_MAX_BYTES + 1)
    if not content:
        raise refuse(_("The file is empty."))
    if len(content) > limits.FILE_MAX_BYTES:
        raise refuse(_("The file is too large. Expected: %(taken)s.") % {"taken": what_is_taken()})
    return check_content(given.name or "", content)


def check_content(name: str, content: bytes) -> Upload:
    """Look into a file's content. Raises Invalid."""
    cleaned = clean_name(name)
    ending = cleaned.rpartition(".")[2].lower() if "." in cleaned else ""
    if ending not in TYPES:
        raise refuse(
            _("Files of this kind are not taken. Expected: %(taken)s. A video is handed in as a link.")
            % {"taken": what_is_taken()}
        )
    if content.startswith(_OLE):
        raise refuse(
            _("The document is protected by a password or of an old form. Save it without a password as %(ending)s.")
            % {"ending": ending.upper()}
        )
    if not content.startswith(_BEGINNINGS[ending]):
        raise refuse(
            _("The content of the file is not %(ending)s, as its name says. Send the original document.")
            % {"ending": ending.upper()}
        )
    _CHECKS[ending](content, ending)
    return Upload(cleaned, TYPES[ending], content)


def clean_name(name: str) -> str:
    """A name that is safe everywhere: without folders, control and direction characters, and of sensible length."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    plain = re.sub(r"\s+", " ", _UNSAFE_IN_A_NAME.sub("_", plain)).strip().rstrip(".")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    room = limits.FILE_NAME_MAX_CHARS - len(ending) - 1
    return f"{stem.strip(' .')[:room].strip() or 'file'}{dot}{ending[:10].lower()}"


def _check_pdf(content: bytes, _ending: str) -> None:
    if b"%%EOF" not in content[-_PDF_TAIL_BYTES:]:
        raise refuse(_("The PDF is not whole: its end is missing. Save it again and send that."))
    if _has_zip_end(content):
        raise _two_things()
    if _PDF_ENCRYPTED.search(content):
        raise refuse(_("The PDF is protected by a password. Save it without one."))
    if _PDF_ACTIVE.search(content):
        raise refuse(_("The PDF holds a script or other files. Print it to a new PDF and send that."))


def _check_png(content: bytes, _ending: str) -> None:
    place, pixels = 8, 0
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        end = place + 12 + length
        if end > len(content) or zlib.crc32(content[place + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            raise _broken_picture()
        if place == 8:
            if kind != b"IHDR" or length != 13:
                raise _broken_picture()
            width, height = struct.unpack(">II", content[16:24])
            pixels = width * height
        if kind == b"IEND":
            _check_picture(pixels, content[end:])
            return
        place = end
    raise _broken_picture()


def _check_jpeg(content: bytes, _ending: str) -> None:
    place, pixels = 2, 0
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # a frame: its height and width
            pixels = int.from_bytes(content[place + 5 : place + 7]) * int.from_bytes(content[place + 7 : place + 9])
        if marker == 0xDA:
            end = content.rfind(b"\xff\xd9")
            if end < place:
                raise _broken_picture()
            _check_picture(pixels, content[end + 2 :])
            return
        place += 2 + length
    raise _broken_picture()


def _check_picture(pixels: int, behind: bytes) -> None:
    if not 0 < pixels <= limits.PICTURE_MAX_PIXELS:
        raise refuse(_("The picture is too large. Save it smaller and send that."))
    if behind.strip(b"\0"):
        raise _two_things()


def _broken_picture() -> Invalid:
    return refuse(_("The picture cannot be read. Save it again and send that."))


def _two_things() -> Invalid:
    return refuse(_("There is something else behind the end of the file. Save it again and send that."))


def _has_zip_end(content: bytes) -> bool:
    return _ZIP_END in content[-(_ZIP_END_BYTES + 65_536) :]


def _check_office(content: bytes, ending: str) -> None:
    try:
        with zipfile.ZipFile(ContentFile(content)) as document:
            entries = document.infolist()
            _check_entries(entries, len(content))
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as broken:
        raise refuse(_("The document cannot be read. Save it again and send that.")) from broken
    if not content.endswith(_zip_end_record(content)):
        raise _two_things()
    if "[Content_Types].xml" not in names or _MAIN_PARTS[ending] not in names:
        raise refuse(
            _("The content of the file is not %(ending)s, as its name says. Send the original document.")
            % {"ending": ending.upper()}
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse(_("The document holds macros. Save it without them."))


def _zip_end_record(content: bytes) -> bytes:
    """The last record of an archive that has no comment and nothing behind it."""
    record = content[-_ZIP_END_BYTES:]
    return record if record.startswith(_ZIP_END) and record.endswith(b"\0\0") else b"nothing of the kind"


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if (
        len(entries) > limits.OFFICE_MAX_ENTRIES_COUNT
        or unpacked > limits.OFFICE_MAX_UNPACKED_BYTES
        or unpacked > limits.OFFICE_MAX_RATIO * size
        or packed > size  # entries that lie over each other
    ):
        raise refuse(_("The document grows too large when it is opened. Save it again, with smaller pictures."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse(_("The document is protected by a password. Save it without one."))
    if any(entry.filename.startswith(("/", "\\")) or ".." in entry.filename.split("/") for entry in entries):
        raise refuse(_("The document cannot be read. Save it again and send that."))


_CHECKS: dict[str, Callable[[bytes, str], None]] = {
    "pdf": _check_pdf,
    "png": _check_png,
    "jpg": _check_jpeg,
    "jpeg": _check_jpeg,
    "docx": _check_office,
    "xlsx": _check_office,
    "pptx": _check_office,
}
_BEGINNINGS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "docx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "pptx": b"PK\x03\x04",
}
