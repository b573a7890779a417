"""Limits of what is handed in, and the team's own promise of an answer: all in one place."""

TEXT_MAX_CHARS = 5_000
LINK_MAX_CHARS = 500
ACCOUNT_MAX_CHARS = 200
KEY_MAX_CHARS = 200
COURSES_IMPORT_MAX_ROWS = 2_000
COURSES_IMPORT_MAX_BYTES = 2_000_000
COURSES_IMPORT_MAX_UNPACKED_BYTES = 50_000_000
ANSWER_WITHIN_DAYS = 7
"""From when a case that waits is late."""
NFR_NOTICE_DAYS = 30
"""How long before its end a licence's owner is told, and from when the operator may extend it."""
