"""Simulation: the whole history replayed under a draft rulebook, compared with the current one."""

from honeyguide.program.simulation.around import Threshold
from honeyguide.program.simulation.result import Simulation, Totals
from honeyguide.program.simulation.run import NEAR_PERCENT, Step, simulate
from honeyguide.program.simulation.shared import same_layout, same_seats

__all__ = ["NEAR_PERCENT", "Simulation", "Step", "Threshold", "Totals", "same_layout", "same_seats", "simulate"]
