"""What is kept: one DuckDB file, one process, one connection, plain methods."""

from emocare.store.store import Store

__all__ = ["Store"]
