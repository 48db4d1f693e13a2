"""The ways to answer: choose a name, click on the picture, give a grade."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from sesamoid.server.pages.elements import Tag, box
from sesamoid.server.teaching import Answer
from sesamoid.server.teaching.exercises import synovitis_grades
from sesamoid.server.teaching.marks import Mark
from sesamoid.server.teaching.parts import capitalised
from sesamoid.server.teaching.quizzes import Question
from sesamoid.server.teaching.structure_quiz import StructureQuestion

OnAnswer = Callable[[Answer], Awaitable[None]]


class AnswerPanel:
    """Buttons for the answers of one question; none where it is answered on the picture."""

    def __init__(self) -> None:
        self._buttons: dict[str, Tag] = {}
        self._truth = ""

    def add(self, key: str, text: str, shortcut: str, on_click: Callable[[], object]) -> None:
        """One more answer."""
        made = Tag(
            "button", "", "button answer", type="button", data_key=shortcut, data_key_text=text
        )
        with made:
            Tag("kbd", shortcut, aria_hidden="true")
            Tag("span", text)
        made.on("click", on_click, [])
        self._buttons[key] = made

    def set_truth(self, key: str) -> None:
        """Which one is right; the browser learns it when the panel is closed."""
        self._truth = key

    def drop(self, keys: Collection[str]) -> None:
        """Answers that are out."""
        for key in keys:
            self._buttons[key].classes("dropped").put(disabled=True)

    def close(self, answer: Answer, mark: Mark) -> None:
        """No more answers; the right one and a wrong one are marked."""
        given = str(answer.grade) if answer.grade is not None else (answer.choice or "")
        for key, made in self._buttons.items():
            # Not disabled: what is read now must not fade.
            made.put(aria_disabled="true", tabindex="-1", data_key=None)
            made.classes("closed")
            if key == self._truth:
                made.classes("right")
            elif key == given:
                made.classes("wrong")


def answer_panel(question: Question, on_answer: OnAnswer) -> AnswerPanel:
    """The answers of a question, in the element that is being built."""
    panel = AnswerPanel()
    if isinstance(question, StructureQuestion):
        if question.kind == "click":
            Tag("p", "Click on the picture, or move the cross by the arrow keys and press Enter.",
                "muted small")  # fmt: skip
            return panel
        with box("answers", role="group", aria_label="Answers"):
            for number, key in enumerate(question.choices, start=1):
                panel.add(key, question.title(key), str(number), _choosing(on_answer, key))
        panel.set_truth(question.target.key)
        return panel
    Tag("p", f"The joint {question.joint.between}. Grey scale only.", "muted small")
    with box("answers", role="group", aria_label="Grades"):
        for one in synovitis_grades():
            text = f"{capitalised(one.name)}: {one.text}"
            panel.add(str(one.grade), text, str(one.grade), _grading(on_answer, one.grade))
    panel.set_truth(str(question.truth))
    return panel


def _choosing(on_answer: OnAnswer, key: str) -> Callable[[], Awaitable[None]]:
    return lambda: on_answer(Answer(choice=key))


def _grading(on_answer: OnAnswer, grade: int) -> Callable[[], Awaitable[None]]:
    return lambda: on_answer(Answer(grade=grade))
