"""What can come of a request, but for an answer. None of these reaches the user: the engine makes sense of them."""


class TryAgainError(Exception):
    """The request may do better later.

    Attributes:
        after: Seconds that the server asks to wait; None where it does not say.
        hung: Whether it was given up because it took too long.
    """

    def __init__(self, reason: str, after: float | None = None, *, hung: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.hung = hung


class RequestFailedError(Exception):
    """The server will not have this recording, or what it said of it cannot be used; others may fare better.

    Attributes:
        hung: Whether the server did not answer in time.
    """

    def __init__(self, reason: str, *, hung: bool = False) -> None:
        super().__init__(reason)
        self.hung = hung


class ServerRefusesError(Exception):
    """The server will not have any request like this: another key, model or address is needed."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status
