"""The wrist-hand assistant: which standard plane, which anatomy, how good, what to do next.

`WristHandAssessor` is its eye for the live room; `APPLICATION` analyses stills and cines.
"""

from sesamoid.applications.wrist_hand.application import APPLICATION, WristHandApplication

__all__ = ["APPLICATION", "WristHandApplication"]
