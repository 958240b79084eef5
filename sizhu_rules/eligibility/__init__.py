"""Who may have what: one folder per rule."""
