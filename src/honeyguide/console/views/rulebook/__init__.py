"""The rulebook: read, drafted, simulated, published."""
