"""Data in, parameter files out."""
