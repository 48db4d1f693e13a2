"""Virtual pictures with perfect ground truth; a figure from them is called virtual everywhere."""

from sesamoid.virtual.nerve_phantom import NervePhantom, nerve_phantom

__all__ = ["NervePhantom", "nerve_phantom"]
