"""Tenant settings: the model of a tenant file, its JSON schema, its reader, and secrets by reference."""
