"""微心愿: whether a small wish of a person in hardship may be published for volunteers."""
