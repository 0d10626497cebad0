"""Contracts of the tables that Python builds, one module a schema: the only place where their columns are defined."""
