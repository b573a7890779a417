"""Honeyguide: a self-hosted partner program platform."""
