"""Where the items of the world stand in the registers."""

from sandbox.severa.registers import Registers
from sandbox.store import Row
from sandbox.world import World


class Places:
    """Guids of what has been put into Severa, by the positions of the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.units: dict[int, str] = {}
        self.users: dict[int, str] = {}
        self.categories: dict[int, str] = {}
        self.products: dict[int, str] = {}
        self.customers: dict[int, str] = {}
        self.contacts: dict[tuple[int, str], str] = {}
        self.projects: dict[int, str] = {}
        self.invoices: dict[int, str] = {}

    def author(self, registers: Registers, user: int) -> Row:
        """A user as the one who wrote something."""
        return registers.refer("users.person", self.users[user])


def guid(value: str | None) -> dict[str, str] | None:
    """A reference in the form of the input models."""
    return None if value is None else {"guid": value}
