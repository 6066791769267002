"""The face: Python API, command line and experiments over many runs."""
