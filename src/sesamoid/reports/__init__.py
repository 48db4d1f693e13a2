"""Findings as files: JSON, CSV, a page for people, pictures, DICOM SR and SEG.

Reports read findings and never change them; every file is written whole or not at all.
"""

from sesamoid.reports.bundle import (
    FORMATS,
    ImageReport,
    write_batch_reports,
    write_image_reports,
    write_reports,
)
from sesamoid.reports.dicom_key_objects import key_object_selection, write_key_objects
from sesamoid.reports.dicom_seg import segmentation, write_segmentation
from sesamoid.reports.dicom_sr import structured_report, write_structured_report
from sesamoid.reports.evidence_picture import draw_evidence
from sesamoid.reports.exam_context import ExamContext, StudyIdentity
from sesamoid.reports.failure import Failure
from sesamoid.reports.names import report_names
from sesamoid.reports.overlay import draw_overlay, write_png
from sesamoid.reports.reference_instance import reference_instance
from sesamoid.reports.report_csv import csv_text
from sesamoid.reports.report_html import render_report
from sesamoid.reports.report_json import result_to_dict, results_to_dict

__all__ = [
    "FORMATS",
    "ExamContext",
    "Failure",
    "ImageReport",
    "StudyIdentity",
    "csv_text",
    "draw_evidence",
    "draw_overlay",
    "key_object_selection",
    "reference_instance",
    "render_report",
    "report_names",
    "result_to_dict",
    "results_to_dict",
    "segmentation",
    "structured_report",
    "write_batch_reports",
    "write_image_reports",
    "write_key_objects",
    "write_png",
    "write_reports",
    "write_segmentation",
    "write_structured_report",
]
