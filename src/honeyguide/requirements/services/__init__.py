"""Writing evidence, claims and completed courses."""
