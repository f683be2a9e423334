"""The sections of the report in their order; each gives what it has to say, or nothing."""
