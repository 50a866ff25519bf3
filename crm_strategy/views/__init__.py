"""A result in; a Table, Chart or Finding out, which displays and exports itself."""
