"""Doors out: run the notebooks, merge them, write HTML and Excel."""
