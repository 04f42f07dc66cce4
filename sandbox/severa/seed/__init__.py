"""Puts the seeded world into the registers of the simulated Severa."""

from sandbox.severa.registers import Registers
from sandbox.severa.seed.company import company, people
from sandbox.severa.seed.customers import customers
from sandbox.severa.seed.extras import extras
from sandbox.severa.seed.invoices import invoices
from sandbox.severa.seed.items import items
from sandbox.severa.seed.places import Places
from sandbox.severa.seed.projects import projects
from sandbox.world import World


def fill(registers: Registers, world: World) -> Places:
    """Everything that the world says is in Severa, in the order in which one refers to the other."""
    places = Places(world)
    company(registers, world)
    people(registers, places)
    items(registers, places)
    customers(registers, places)
    projects(registers, places)
    invoices(registers, places)
    extras(registers, places)
    return places
