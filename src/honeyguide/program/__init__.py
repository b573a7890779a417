"""The pure core: rulebook, history, engine, simulation. No Django, no clock, no I/O but the files it is given."""
