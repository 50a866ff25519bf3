"""Doors in: read, map, check and type a client's files into canonical tables."""
