"""Where a replay runs: in this process or on several; what the views use, a replay uses."""

from projections.follow.executor import Executor, InProcess, processes

__all__ = ["Executor", "InProcess", "processes"]
