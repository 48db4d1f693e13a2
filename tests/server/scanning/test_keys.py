from __future__ import annotations

import re

import pytest

from sesamoid.server.pages.scan_view import STATIC, scan_shortcuts
from sesamoid.server.scanning.arrows import Control, step_of
from sesamoid.server.scanning.keys import CONTROL_KEYS, PAGE_KEYS
from sesamoid.server.scanning.machine_control import _STEPS

pytestmark = pytest.mark.filterwarnings("ignore")


def test_every_control_that_does_something_has_a_key() -> None:
    for control in Control:
        if step_of(control, 1.0, "right") is not None or control in _STEPS:
            assert control in CONTROL_KEYS, control


def test_no_key_does_two_things() -> None:
    codes = [key.code for key in (*CONTROL_KEYS.values(), *PAGE_KEYS.values())]
    assert len(set(codes)) == len(codes)


def test_the_page_has_a_sign_for_every_control() -> None:
    words = (STATIC / "scan" / "words.js").read_text()
    for control in CONTROL_KEYS:
        assert re.search(rf'^  "?{re.escape(control.value)}"?: ', words, re.MULTILINE), control


def test_the_page_does_what_its_keys_promise() -> None:
    script = (STATIC / "scan_view.js").read_text()
    done = script[script.index("const does = {") :]
    for name in PAGE_KEYS:
        assert re.search(rf"^\s+{name}: ", done, re.MULTILINE), name


def test_the_help_lists_all_of_them() -> None:
    listed = {cap for group in scan_shortcuts() for cap, _ in group.keys}
    assert listed == {key.cap for key in (*CONTROL_KEYS.values(), *PAGE_KEYS.values())}
