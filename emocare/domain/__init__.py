"""The words of the house: frozen value types built on the standard library and numpy only."""
