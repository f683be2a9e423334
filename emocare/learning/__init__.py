"""Datasets, training, evaluation and export of the networks; the running app never imports this."""
