"""A clock for tests that wait: its seconds pass only by sleeping."""


class PlayingClock:
    """Monotonic seconds, and how long was slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
