"""A table in, a table out: nothing here reads a file, draws, or sees the parameters."""
