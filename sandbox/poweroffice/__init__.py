"""PowerOffice Go API v2, simulated as its contract says (`vendor/poweroffice/README.md` and `openapi.json`).

`build` gives the system. What a call does stands in the package of its subject: `registries`, `sales`, `books`;
`routes` lists the calls, `forms` what bodies and answers hold, `start` what there is at first, `people` what the
accountants of the client company do meanwhile.
"""

from sandbox.clock import Clock
from sandbox.poweroffice.system import PowerOffice
from sandbox.system import System
from sandbox.world import World


def build(world: World, clock: Clock, limits_on: bool) -> System:  # noqa: FBT001  # the seam's signature
    """The system over a world, with or without rate limits."""
    return PowerOffice(world, clock, limits_on=limits_on)
