"""The program's terms a second time: plain, slow and independent of the engine, to compare it with."""
