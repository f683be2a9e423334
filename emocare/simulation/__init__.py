"""Simulated people with known truth: for the sequence networks, the tests and the demo."""
