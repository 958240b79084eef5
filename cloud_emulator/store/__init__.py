"""One SQLite file: document texts and ordered index keys. SQLite narrows, Python decides."""
