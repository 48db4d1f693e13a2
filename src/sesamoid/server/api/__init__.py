"""The REST API under ``/api/v1``: the same things as the pages, for programs."""

from sesamoid.server.api.routes import register

__all__ = ["register"]
