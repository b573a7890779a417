"""Writes: keyword-only, with who acts and when; check, lock, change, record."""
