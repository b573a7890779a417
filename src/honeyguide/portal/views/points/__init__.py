"""The partner's points: what it has, how it earned them, what it spends them on."""
