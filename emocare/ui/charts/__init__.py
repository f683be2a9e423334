"""Plotly figures for pages that stand still. Colours come from ``theme.palette`` at each run."""
