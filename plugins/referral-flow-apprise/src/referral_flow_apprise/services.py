"""The door to Apprise: make a service of its URL, say why that cannot be, send by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from difflib import get_close_matches
from threading import Thread
from typing import Any, NoReturn, TypeVar

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat

from referral_flow.errors import ConfigurationError
from referral_flow_apprise.quiet import quiet

T = TypeVar("T")

SCHEMA = re.compile(r"([A-Za-z0-9.+-]+)://")


def service(url: str) -> NotifyBase | None:
    """Make the service of a URL; None for one that Apprise cannot use."""
    with quiet():
        return Apprise.instantiate(url, asset=_asset())


def send(service: NotifyBase, title: str, body: str, seconds: float) -> bool:
    """Send by a service; False when it did not take the message.

    Raises TimeoutError when it takes longer than `seconds`: it is left to itself then, and
    may still come to an end.
    """

    def sending() -> bool:
        with quiet():
            by = Apprise(asset=_asset())
            by.add(service)
            return bool(by.notify(body, title, body_format=NotifyFormat.TEXT))

    return _within(seconds, sending)


def schema_of(url: str) -> str:
    """Give the schema of an Apprise URL, or nothing where it has none."""
    found = SCHEMA.match(url)
    return found[1].lower() if found else ""


def check_schema(schema: str) -> None:
    """Raise ConfigurationError for a service that there is not, or that lacks a library."""
    known = _known()
    if schema not in known:
        near = get_close_matches(schema, known, n=1)
        hint = f"; did you mean {near[0]}://?" if near else ""
        wrong(f"Apprise knows no service of this name{hint}")
    if not known[schema]["enabled"]:
        needs = ", ".join(known[schema]["requirements"]["packages_required"])
        because = f"it needs {needs}" if needs else "it is for another system"
        wrong(f"Apprise cannot use {schema}:// here: {because}")


def wrong(problem: str) -> NoReturn:
    """Refuse the address, without repeating any of it."""
    raise ConfigurationError(problem=f"the address for Apprise cannot be used: {problem}")


def _known() -> dict[str, Mapping[str, Any]]:
    """Give what Apprise says of each of its services, by schema."""
    with quiet():
        details = Apprise().details(show_requirements=True, show_disabled=True)
    return {schema: each for each in details["schemas"] for schema in _schemas(each)}


def _schemas(details: Mapping[str, Any]) -> Iterator[str]:
    for protocols in (details["protocols"], details["secure_protocols"]):
        yield from protocols or ()


def _asset() -> AppriseAsset:
    """Give the settings: nothing of Apprise's own in a message, on the disk or followed."""
    return AppriseAsset(
        app_id="referral-flow",
        app_desc="referral-flow",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask=False,
        http_redirects=False,
        allow_templates=False,
        storage_mode="memory",
        async_mode=False,
        # The time limit is ours: a thread of Apprise's would hold up the end of the program.
        service_timeout=0,
    )


def _within(seconds: float, call: Callable[[], T]) -> T:
    answer: Future[T] = Future()

    def calling() -> None:
        try:
            answer.set_result(call())
        except Exception as error:  # handed over to whoever waits
            answer.set_exception(error)

    Thread(target=calling, daemon=True).start()
    return answer.result(seconds)
