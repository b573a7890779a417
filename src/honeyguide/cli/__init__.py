"""The `honeyguide` command."""
