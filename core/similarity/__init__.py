"""How alike two records are: for people who compare two registries before they switch the integration on (ALL-09).

Nothing here links anything. The profile's own rules do (`core.matching`); what is said here tells a person what to
look at. Everything is pure and works on records of either side.
"""
