"""The loaded model's own components, done in less time: same annotations, other loops."""
