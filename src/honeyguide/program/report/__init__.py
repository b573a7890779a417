"""Reports: one self-contained HTML page each, to open from disk, send by mail or print."""

from honeyguide.program.report.simulation import simulation_page

__all__ = ["simulation_page"]
