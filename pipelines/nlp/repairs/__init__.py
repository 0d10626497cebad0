"""Repairs of what the small model gets wrong in known ways, made before it parses."""
