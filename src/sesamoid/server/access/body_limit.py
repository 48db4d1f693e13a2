"""Bodies that are longer than allowed: refused by what they announce, and by counting."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Runs an application on one request, of whose body it hands on no more than `limit` bytes.

    Parameters
    ----------
    app : ASGI application
    limit : int
        Bytes.
    """

    def __init__(self, app: ASGIApp, limit: int):
        self.app, self.limit = app, limit
        self.started = False
        self.taken = 0
        self.exceeded = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """True where the body was too long; then nothing was sent if it had not begun before."""
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > self.limit:
            return True

        async def counted() -> Message:
            if self.exceeded:
                return {"type": "http.disconnect"}
            message = await receive()
            if message["type"] == "http.request":
                self.taken += len(message.get("body", b""))
                if self.taken > self.limit:
                    self.exceeded = True
                    return {"type": "http.disconnect"}
            return message

        async def watched(message: Message) -> None:
            if self.exceeded and not self.started:
                return  # an answer to half a body; the refusal takes its place
            self.started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except ClientDisconnect:
            if not self.exceeded:
                raise
        return self.exceeded
