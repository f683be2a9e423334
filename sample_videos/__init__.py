"""Sample clips and the studio that makes them. The application reads only the files."""
