"""How many random histories a run of the tests looks at: HONEYGUIDE_CASES."""

import os

HISTORIES = int(os.environ.get("HONEYGUIDE_CASES", "60"))
