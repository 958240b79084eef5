"""The query-string language: statements as data. Parsed here, never evaluated."""
