"""The rulebook studio: drafts of the next version, what each would change, and how two people put one in force."""
