"""Visma Severa: the side that every tenant has."""
