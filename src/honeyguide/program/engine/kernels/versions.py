"""Which version of the rulebook is in force: figures stand side by side, by version, and days choose."""

from honeyguide.program.engine.kernels.compiled import inlined


@inlined
def version_on(starts, day):
    """The number of the version in force on a day. `starts`: by version its first day, but for the first one."""
    version = 0
    while version + 1 < starts.size and starts[version + 1] <= day:
        version += 1
    return version
