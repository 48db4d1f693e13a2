"""Model bundles (ONNX, manifest, card), their registry, the runtime, and explanation maps.

Listing needs neither onnxruntime nor torch; running needs onnxruntime only.
"""

from sesamoid.models.bundle import Manifest, ModelBundle
from sesamoid.models.registry import bundle, bundles

__all__ = ["Manifest", "ModelBundle", "bundle", "bundles"]
