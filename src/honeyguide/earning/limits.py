"""Limits of what is handed in for points, and the team's own promise of an answer: all in one place."""

TITLE_MAX_CHARS = 160
TEXT_MAX_CHARS = 5_000
LINK_MAX_CHARS = 500
CLIENT_MAX_CHARS = 200
NAME_MAX_CHARS = 120
FILES_COUNT = 6
"""Of one claim or report."""
MODULES_COUNT = 50
ANSWER_WITHIN_DAYS = 7
"""From when something that waits is late."""
CLIENT_OPENS_A_MINUTE = 30
CLIENT_ANSWERS_A_MINUTE = 6
TABLE_MAX_BYTES = 5_000_000
TABLE_MAX_UNPACKED_BYTES = 100_000_000
TABLE_MAX_ROWS = 10_000
TABLE_AT_ONCE_ROWS = 50
"""A longer table is looked at, recorded and taken back by the worker, while its page shows how far it is."""
TABLE_MAX_COLUMNS = 60
TABLE_CELL_MAX_CHARS = 1_000
WORDS_OF_A_COLUMN = 40
"""Different words of a column for which a meaning can be chosen; more are no words."""
TABLE_ATTEMPTS = 3
"""How often work on a table is begun, where whoever was at it has gone."""
TABLE_TAKEN_UP_AFTER_S = 120
"""After so long without an end, work on a table is taken up by another worker; unless the first still holds it."""
PROBLEMS_SHOWN = 200
ROWS_NAMED = 20
"""Numbers of rows in one sentence."""
EFFECTS_SHOWN = 200
ROUNDS_OF_AN_IDENT = 20
"""How often the same deal can be brought in and taken back."""
GRANT_MAX_POINTS = 1_000_000
