"""The HTTP side: routes, tokens, faults, the request log and the control door."""
