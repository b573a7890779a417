"""Pure decisions of spending: lots in their order, limits, what goes together, plans. No clock, no database."""
