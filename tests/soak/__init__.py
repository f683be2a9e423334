"""The long counts of a live session: ``python start.py soak``. They are no tests: they take half
an hour, need a quiet machine, and write what they find into ``docs/soak.md``."""
