"""Compile the outlook's largest kernel, so that it is ready for all later runs; part of scripts/setup.

With nothing to cover it has nothing to do, but is asked as program.outlook.plan asks it.
"""

import numpy as np

from honeyguide.program.outlook.covering import Options, Shortfall, cover_goals

if __name__ == "__main__":
    nothing = np.zeros(0, dtype=np.int64)
    cover_goals(
        np.zeros(1, dtype=np.int64),
        np.zeros((0, len(Shortfall._fields)), dtype=np.int64),
        Options(*[nothing] * len(Options._fields)),
    )
