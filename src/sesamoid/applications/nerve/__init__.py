"""Peripheral nerves and vessels on ultrasound: regional anaesthesia, carpal tunnel."""

from sesamoid.applications.nerve.application import APPLICATION, NerveApplication

__all__ = ["APPLICATION", "NerveApplication"]
