"""Visma.net Financials (Visma Net ERP API), simulated as its contract says (``vendor/visma_net``).

`build` gives the system. What a call does stands in the package of its subject: `registries`, `sales`, `books`;
`routes` lists the calls, `forms` what bodies hold, `start` what there is at first, `people` what the accountants of
the company do meanwhile. What the contract leaves open is a switch of `behaviour`.
"""

from sandbox.clock import Clock
from sandbox.system import System
from sandbox.visma_net.system import VismaNet
from sandbox.world import World


def build(world: World, clock: Clock, limits_on: bool) -> System:  # noqa: FBT001  # the seam's signature
    """The system over a world, with or without the hourly allowance."""
    return VismaNet(world, clock, limits_on=limits_on)
