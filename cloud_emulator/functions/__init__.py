"""Cloud functions on this machine: warm Node processes that run the deployed folders unchanged."""
