"""What a study says: schema with units, loader, sweep, and the library of ready studies."""
