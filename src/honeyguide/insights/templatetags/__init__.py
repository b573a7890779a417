"""Template libraries of the points."""
