"""The versions of the rulebook: the file first, then what was published, each in force from a day."""
