"""Which addresses are taken for public pages."""

import pytest

from honeyguide.common.links import link_problem

MOST = 200


@pytest.mark.parametrize(
    "link",
    [
        "https://comb.example/page?x=1",
        "http://comb.example:8080/",
        "https://мёд.рф/страница",
        "https://8.8.8.8/x",
        "https://[2606:4700:4700::1111]/",
        "https://local.comb.example/",
        "https://mylocal.com/",
    ],
)
def test_a_public_address_is_taken(link: str) -> None:
    assert link_problem(link, MOST) == ""


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1/x",
        "http://10.1.2.3/",
        "http://192.168.0.1:8000/",
        "http://169.254.169.254/latest/",
        "http://224.0.0.1/",
        "http://[::1]/x",
        "http://[fe80::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/x",
        "http://localhost:8000/x",
        "http://printer.local/",
        "http://intra.internal./",
        "comb.example",
        "ftp://comb.example/",
        "https://user@comb.example/",
        f"https://comb.example/{'x' * MOST}",
    ],
)
def test_any_other_is_refused_with_what_is_expected(link: str) -> None:
    assert "whole address of a public page" in link_problem(link, MOST)
