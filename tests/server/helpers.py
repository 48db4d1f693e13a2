"""What the tests of the server share."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image as Pillow
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, generate_uid

from sesamoid.anatomy import structure
from sesamoid.applications.nerve.measuring import measure_regions
from sesamoid.findings import (
    DataOrigin,
    Grade,
    GradeLetter,
    ModelReference,
    Region,
    Result,
    SubScore,
)
from sesamoid.imaging import Crop, Image, Modality, Provenance
from sesamoid.reports.finding_json import model_as_json
from sesamoid.server.access import Actor
from sesamoid.server.access.guard import SECURE_COOKIE
from sesamoid.server.app import create_app
from sesamoid.server.reviewing.finding_rows import finding_rows, grade_into
from sesamoid.server.services import Services
from sesamoid.server.store import Exam, ExamStatus, Person, Picture
from sesamoid.server.store import exams as stored
from sesamoid.server.store.columns import now

PASSWORD = "correct horse battery"
SIZE = (120, 160)
SPACING = (0.1, 0.1)
MODEL = ModelReference("nerve", "1", "ab" * 32, "nothing: a test", DataOrigin.VIRTUAL, "card.md")
PROXIED = {"x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.7"}


class Client:
    """A browser or a program at the API, in this process."""

    def __init__(self, services: Services, *, host: str = "localhost", app: Any = None):
        self.app = app if app is not None else create_app(
            services.settings, services=services, pages=False
        )  # fmt: skip
        self.public = services.settings.public
        self.base = f"{'https' if self.public else 'http'}://{host}"
        self.headers: dict[str, str] = dict(PROXIED) if self.public else {}
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {**self.headers, **more.pop("headers", {})}
        return asyncio.run(self._request(method, path, headers, more))

    async def _request(
        self, method: str, path: str, headers: dict[str, str], more: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=self.base, cookies=self.cookies
        ) as client:
            return await client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.request("DELETE", path, **more)

    def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        """As a browser: cookie and CSRF token."""
        answer = self.post("/api/v1/session", json={"name": name, "password": password})
        if answer.status_code == 200:
            self.cookies = {SECURE_COOKIE: answer.cookies[SECURE_COOKIE]}
            self.headers["x-csrf-token"] = answer.json()["csrf_token"]
        return answer


def nerve_result(*, letter: GradeLetter = GradeLetter.A) -> Result:
    """A nerve and a vessel, measured by the nerve application's own code."""
    rows, columns = np.ogrid[: SIZE[0], : SIZE[1]]
    nerve = ((rows - 60) / 20) ** 2 + ((columns - 60) / 30) ** 2 <= 1
    vessel = ((rows - 60) / 10) ** 2 + ((columns - 125) / 10) ** 2 <= 1
    pixels = np.full(SIZE, 90, np.uint8)
    pixels[nerve], pixels[vessel] = 150, 20
    image = Image(
        pixels=pixels[None],
        provenance=Provenance("scan.png", "PNG"),  # type: ignore[arg-type]
        modality=Modality.ULTRASOUND,
        spacing_mm=SPACING,
    )
    regions = (
        Region("nerve-1", structure("nerve"), nerve, 0.9),
        Region("vessel-1", structure("vessel"), vessel, 0.8),
    )
    sure = np.stack([~(nerve | vessel), nerve, vessel]).astype(np.float32)
    found = measure_regions(
        image, regions, sure, ("background", "nerve", "vessel"),
        scan_area=Crop(0, 0, *SIZE), frame=0,
    )  # fmt: skip
    grade = Grade(letter, 0.9, (SubScore("gain", 0.9, "fine"),), (), "a test's rule")
    return Result(
        "nerve", image, MODEL, grade, regions=found.regions, lines=found.lines,
        measurements=found.measurements,
    )  # fmt: skip


def store_nerve_exam(
    services: Services, actor: Actor, *, label: str = "P-001", origin: str = "real"
) -> Exam:
    """An ended exam with one picture."""
    result = nerve_result()
    exam_id = str(uuid.uuid4())
    folder = f"exams/{exam_id}"
    (services.settings.data / folder).mkdir(parents=True)
    Pillow.fromarray(result.image.pixels[0]).save(services.settings.data / folder / "1.png")
    picture = Picture(
        number=1, plane="", file="1.png", rows=SIZE[0], columns=SIZE[1],
        spacing_mm=list(SPACING), findings=finding_rows(result),
    )  # fmt: skip
    grade_into(picture, result)
    with services.store.write() as session:
        person = Person(account_id=actor.account_id, label=label, virtual=origin == "virtual")
        session.add(person)
        session.flush()
        session.add(
            Exam(
                id=exam_id,
                person_id=person.id,
                account_id=actor.account_id,
                application="nerve",
                source="scan.png",
                origin=origin,
                folder=folder,
                status=ExamStatus.ENDED,
                ended_at=now(),
                model=model_as_json(MODEL),
                model_name=MODEL.name,
                model_version=MODEL.version,
                pictures=[picture],
            )
        )
    with services.store.read() as session:
        exam = stored.get(session, exam_id, pictures=True)
    assert exam is not None
    return exam


def dicom_picture(path: Path, *, patient: str = "Anna^Test") -> Path:
    """A calibrated ultrasound still of `nerve_result`'s picture, as a DICOM file."""
    pixels = nerve_result().image.pixels[0]
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientID = patient, "1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(), generate_uid()
    ds.SOPClassUID, ds.SOPInstanceUID = UltrasoundImageStorage, generate_uid()
    ds.Modality, ds.StudyDate, ds.StudyTime = "US", "20260101", "120000"
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelSpacing = list(SPACING)
    ds.PixelData = pixels.tobytes()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.save_as(path, enforce_file_format=True)
    return path
