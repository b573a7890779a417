"""Compiled code over sorted arrays, for what depends on a partner's own order of events.

Functions here carry no types: Numba finds them, and the kernels that call them are tested as a whole.
"""
