"""Whether the server runs."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__

router = APIRouter(tags=["server"])


class Health(BaseModel):
    """That it runs, and what it is not."""

    status: str
    version: str
    notice: str


@router.get("/health")
def health() -> Health:
    """Whether the server runs; anyone may ask."""
    return Health(status="ok", version=__version__, notice=NOT_A_MEDICAL_DEVICE)
