"""What the worker refuses. The web side turns it into MediaRefused."""


class Refusal(Exception):
    """`code` is stable (docs/protocol/media.md); `why` is for the log."""

    def __init__(self, code: str, why: str = "") -> None:
        self.code, self.why = code, why
        super().__init__(code, why)
