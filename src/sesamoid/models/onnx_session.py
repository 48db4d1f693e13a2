"""An ONNX file, loaded to run on the processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sesamoid.cores import usable_cores
from sesamoid.errors import ModelError


def onnx_session(weights: bytes, path: Path, *, threads: int = 0, fix: str) -> Any:
    """An onnxruntime session.

    Parameters
    ----------
    weights : bytes
        The file's content.
    path : Path
        Where it comes from, for the message.
    threads : int
        For one inference; 0: all that it may use.
    fix : str
        What to do where it cannot be loaded.

    Raises
    ------
    ModelError
        onnxruntime cannot load it.
    """
    import onnxruntime  # slow to load, and listing applications does not need it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Its threads wait for more work by spinning: between two calls that is for others to use.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(
            f"onnxruntime cannot load the weights ({str(error).splitlines()[0]})",
            path=path,
            fix=fix,
        ) from None
