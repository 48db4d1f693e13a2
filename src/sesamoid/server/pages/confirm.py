"""A question before something that cannot be undone."""

from __future__ import annotations

from nicegui import ui

from sesamoid.server.pages.elements import Tag, box, button


async def confirmed(
    title: str, text: str, *, action: str, typed: str = "", danger: bool = True
) -> bool:
    """Ask, and wait for the answer.

    Parameters
    ----------
    title, text : str
    action : str
        What the button that goes ahead says.
    typed : str
        What must be typed in first; empty: nothing.
    danger : bool
        Whether it destroys something.
    """
    with ui.dialog() as dialog, ui.card():
        Tag("h2", title)
        Tag("p", text, "wrap")
        field: ui.input | None = None
        if typed:
            field = ui.input(f"Type {typed} to confirm").props("outlined dense autofocus")
            field.classes("w-full").style("width: 100%")
        with box("row-line").style("justify-content: flex-end"):
            button("Cancel", lambda: dialog.submit(False))
            go_on = button(
                action, lambda: dialog.submit(True), kind="danger" if danger else "primary"
            )
        if field is not None:
            wanted = field

            def allow() -> None:
                go_on.put(disabled=(wanted.value or "").strip() != typed)

            go_on.put(disabled=True)
            field.on_value_change(allow)
    answer = await dialog
    if not dialog.is_deleted:  # the page may be gone, and the dialog with it
        dialog.delete()
    return answer is True
