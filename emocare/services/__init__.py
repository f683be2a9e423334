"""What a clinician or patient does, each use case once for pages and command line."""
