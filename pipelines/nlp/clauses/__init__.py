"""The clause layer: predicates with their logical arguments, complements and operators of time and negation."""
