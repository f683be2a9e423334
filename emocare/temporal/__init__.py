"""Sequence networks over readings: six dimensions and severity over time."""
