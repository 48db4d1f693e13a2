"""Proof: figures with intervals, by class and group, and the model cards that carry them."""
