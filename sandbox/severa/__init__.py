"""The simulated Severa: its public REST API as the vendor contract describes it (`vendor/severa`)."""

from sandbox.clock import Clock
from sandbox.severa.system import Severa
from sandbox.world import World


def build(world: World, clock: Clock, limits_on: bool) -> Severa:  # noqa: FBT001  # the seam's own signature
    """Severa over a world. Its stamps come from the clock; `limits_on` switches the ten requests per second."""
    return Severa(world, clock, limits_on=limits_on)
