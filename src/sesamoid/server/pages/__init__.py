"""The pages, by NiceGUI; each calls the services and computes nothing itself."""

from __future__ import annotations

from sesamoid.server.pages.registering import register

__all__ = ["register"]
