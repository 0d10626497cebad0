"""spaCy components, one folder a component: logic, patterns, factory."""
