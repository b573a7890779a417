"""Settings, addresses, and the table of who may do what."""
