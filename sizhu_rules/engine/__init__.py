"""Sheets compiled to tables of cells, and decisions that can say why. Knows no rule by name."""
