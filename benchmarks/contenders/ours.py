"""referral-flow itself, by its public face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from benchmarks.contenders import office
from benchmarks.contenders.measuring import Seen, main, timed
from referral_flow.commands import ReturnPaper


def durable(count: int, synchronous: str = "full") -> Seen:
    """Send papers back one by one, each in a transaction of its own."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'o.db'}?synchronous={synchronous}"
        with office.opened(url) as flow:
            office.people(flow, count)
            commands = office.returns(flow, count)
            desk = flow.acting_as(office.WARD)

            def run() -> None:
                for command in commands:
                    desk.execute(command)

            return timed(run, count)


def bulk(count: int) -> Seen:
    """Issue papers in batches."""
    with (
        TemporaryDirectory() as folder,
        office.opened(f"sqlite:///{Path(folder) / 'o.db'}") as flow,
    ):
        office.people(flow, count)
        commands = office.papers(count)
        desk = flow.acting_as(office.OFFICE)
        return timed(lambda: desk.execute_many(commands), count)


def together(count: int) -> Seen:
    """Send papers back with sixteen threads, each the next after the last is acknowledged."""
    with (
        TemporaryDirectory() as folder,
        office.opened(f"sqlite:///{Path(folder) / 'o.db'}") as flow,
    ):
        office.people(flow, count)
        commands = office.returns(flow, count)
        desk = flow.acting_as(office.WARD)

        def work(mine: Sequence[ReturnPaper]) -> None:
            for command in mine:
                desk.execute(command)

        def run() -> None:
            threads = [Thread(target=work, args=(commands[n::16],)) for n in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        return timed(run, count)


if __name__ == "__main__":
    main(
        {
            "durable_full": durable,
            "durable_normal": lambda n: durable(n, "normal"),
            "bulk": bulk,
            "together": together,
        }
    )
