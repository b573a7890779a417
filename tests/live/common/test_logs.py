"""Logs: one line a request with its id; nothing that opens a door is in them."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.test import Client

from honeyguide.common.logs import HIDDEN, clean, configure, logging_config, without_secrets

RESET = "/account/password/reset/key/3-d4m2yq-0123456789abcdef0123456789abcdef/"
CONFIRM = "/account/confirm-email/MQ:1tABcd:kjhsdfKJHkjh23jkhKJHkjhkjh-kjhkjh_kjh/"
INVITATION = "/join/inv_1k3f9x2aq7m4c8r2w5:1:9XbP0k3vJc_hQ2YtGf8aLzR7sWdKq1"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the product would write on a server."""
    configure()
    config = logging_config("json", "INFO")
    written = StringIO()
    handler = logging.StreamHandler(written)
    formatter = dict(config["formatters"]["structured"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def told(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.django_db
def test_each_request_has_one_line_with_its_id_and_how_it_ended(lines: StringIO) -> None:
    Client().get("/account/login/?next=/partner/")
    found = [line for line in told(lines) if line["event"] == "request_finished"]
    assert len(found) == 1
    assert found[0]["code"] == 200
    assert found[0]["request"] == f"GET /account/login/?{HIDDEN}"
    assert len(str(found[0]["request_id"])) == 36


@pytest.mark.django_db
def test_passwords_tokens_and_keys_of_a_request_do_not_appear(lines: StringIO) -> None:
    client = Client()
    client.post("/account/login/", {"login": "anna@nectar.example", "password": "correct horse battery"})
    for address in (RESET, CONFIRM, INVITATION, "/partner/?code=123456&token=abcdef"):
        client.get(address)
    client.get("/api/v1/partners", headers={"Authorization": "Bearer hg_live_0123456789abcdefghijkl"})
    logging.getLogger("django.request").warning("Not Found: %s", RESET)
    structlog.get_logger("x").info("made", api_key="hg_live_1", nested={"password": "pw-1", "list": [RESET]})
    structlog.get_logger("x").error("broke", exc_info=ValueError(f"bad link {CONFIRM}"))
    written = lines.getvalue()
    assert written
    for secret in (
        *("correct horse battery", "0123456789abcdef0123456789abcdef", "kjhsdfKJHkjh23", "9XbP0k3vJc", "123456"),
        *("abcdef&", "hg_live_0123456789", "hg_live_1", "pw-1"),
    ):
        assert secret not in written, secret


def test_what_is_no_secret_stays() -> None:
    for text in ("GET /partner/evidence/evd_1k3f9x2aq7m4c8r2w5", "/console/partners/norbria-0101", "100 events/day"):
        assert clean(text) == text
    assert without_secrets(None, "info", {"event": "x", "count": 3}) == {"event": "x", "count": 3}


def test_a_terminal_gets_words() -> None:
    config = logging_config("console", "INFO")
    handler = logging.StreamHandler(StringIO())
    formatter = dict(config["formatters"]["structured"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    record = logging.LogRecord("x", logging.INFO, "", 0, "Not Found: %s", (RESET,), None)
    assert RESET not in handler.format(record)
    assert "Not Found" in handler.format(record)
