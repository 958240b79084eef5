"""The typed form of the cloud's documents, as far as the worker reads them."""
