"""Operators of aggregation expressions, grouped by what they work on."""
