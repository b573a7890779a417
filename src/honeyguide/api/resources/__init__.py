"""The things that the API knows, one module each."""
