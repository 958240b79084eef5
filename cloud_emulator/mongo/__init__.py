"""MongoDB's documented rules in plain functions, without I/O."""
