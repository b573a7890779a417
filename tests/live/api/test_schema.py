"""The document of the API tells the truth: whatever is asked, the answer is one that it names, and never a fault."""

import os
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.live.api.conftest import Program, secret_for
from tests.live.conftest import World

EXAMPLES = 8
EXAMPLES_SLOW = int(os.environ.get("HONEYGUIDE_CASES", "300")) // 3
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
IDS = {"partner": "nectar"}


def operations() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def ask_everything(world: World, examples: int) -> int:
    """Ask each address with made-up requests, with a key of the operator and one of a company."""
    secrets = [secret_for(world.staff["admin"], None), secret_for(world.alice, world.nectar)]
    asked = 0
    for result in operations().get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal asked
            cache.clear()
            secret = secrets[asked % 2]
            asked += 1
            if asked % 3 and "partner" in (case.path_parameters or {}):
                case.path_parameters["partner"] = IDS["partner"]
            response = case.call(headers={"Authorization": f"Bearer {secret}"})
            case.validate_response(response, checks=CHECKS)

        check()
    return asked


@pytest.mark.django_db(transaction=True)
def test_no_answer_is_a_fault_or_unknown_to_the_document(world: World) -> None:
    assert ask_everything(world, EXAMPLES) > 50


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_answer_is_a_fault_or_unknown_to_the_document_however_long_one_asks(world: World) -> None:
    assert ask_everything(world, EXAMPLES_SLOW) > 500


def test_the_world_has_a_company_to_ask_about(nectar: Program) -> None:
    assert nectar.get(f"/partners/{IDS['partner']}").status_code == 200
