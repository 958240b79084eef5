"""Decisions beside other engines: `python -m benchmarks.rules`, or `make bench-rules`."""
