"""The second front door, `/admin`: what the official `wx-server-sdk` asks for."""
