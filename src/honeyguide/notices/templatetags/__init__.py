"""Template libraries of the notices."""
