"""Limits of files that are handed in, all in one place."""

FILE_MAX_BYTES = 20_000_000
FILES_PER_PARTNER_COUNT = 500
FILE_NAME_MAX_CHARS = 120
PICTURE_MAX_PIXELS = 100_000_000
OFFICE_MAX_ENTRIES_COUNT = 2_000
OFFICE_MAX_UNPACKED_BYTES = 200_000_000
OFFICE_MAX_RATIO = 200
"""How many times larger than packed an office document may become; presentations of plain text reach about 100."""
