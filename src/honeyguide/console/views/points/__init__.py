"""The points of all partners, for the program team."""
