"""The engine on Apache Spark, for histories beyond one machine: the same functions on partitions of the events."""

try:
    import pyspark  # noqa: F401 - asked for here, so that its absence is told in words
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError("Spark is not installed: pip install honeyguide[spark]", name="pyspark") from missing

from honeyguide.program.spark.replay import Sizes, replay_file, replay_on_spark

__all__ = ["Sizes", "replay_file", "replay_on_spark"]
