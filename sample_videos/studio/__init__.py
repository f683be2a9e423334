"""Films a person who was never there: warps, blends and lights one portrait."""
