"""Lists: search, filters and order in the address, pages, CSV, empty states."""

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from honeyguide.accounts.models import User
from honeyguide.common.downloads import harmless
from honeyguide.common.lists import plain
from honeyguide.partners.models import Partner
from tests.live.conftest import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_pages")]
SignIn = Callable[[User], Client]
LIST = "/test/test_list/"


def add(count: int, **fields: str) -> None:
    Partner.objects.bulk_create(
        Partner(key=f"p{number:03}", name=f"Company {number:03}", country="KZ", added_at=NOW, **fields)
        for number in range(count)
    )


@pytest.fixture
def client(world: World, sign_in: SignIn) -> Client:
    return sign_in(world.staff["manager"])


def text(client: Client, query: str = "", **headers: str) -> str:
    response = client.get(LIST + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def rows(client: Client, query: str) -> list[list[str]]:
    response = client.get(f"{LIST}?export=csv{query}")
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8")  # type: ignore[attr-defined]
    assert content.startswith("\ufeff"), "spreadsheets take it for UTF-8 by this mark"
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))


def test_a_list_shows_25_rows_a_page_and_says_how_many_there_are(client: Client) -> None:
    add(40)
    page = text(client)
    assert page.count("<tr ") == 25
    assert "42 rows" in page
    assert "1 to 25 of 42" in page
    assert "26 to 42 of 42" in text(client, "?page=2")
    assert "26 to 42 of 42" in text(client, "?page=99"), "a page that is not there is the last one"


def test_the_search_finds_every_word_in_any_of_its_fields(client: Client) -> None:
    add(3)
    assert "3 rows" in text(client, "?q=company")
    assert "1 row<" in text(client, "?q=comp+p001").replace("\n", "")
    assert "Nectar Ltd" in text(client, "?q=NECT")


def test_what_finds_nothing_says_so_and_leads_back_to_all(client: Client) -> None:
    page = text(client, "?q=nobody")
    assert "Nothing fits" in page
    assert f'href="{LIST}"' in page


def test_a_list_without_rows_says_how_it_fills(client: Client) -> None:
    page = client.get("/test/test_empty/").content.decode()
    assert "Nobody has applied yet" in page
    assert "Applications arrive here." in page


def test_filters_and_order_stand_in_the_address_and_are_kept_together(client: Client) -> None:
    add(30, kind="sales")
    page = text(client, "?kind=sales&sort=-name")
    assert page.index("Company 029") < page.index("Company 010")
    assert 'aria-sort="descending"' in page
    assert '<option value="sales" selected>' in page
    assert '<input type="hidden" name="sort" value="-name">' in page
    assert "kind=sales&amp;sort=name" in page, "the link that turns the order keeps the filter"
    assert "Nectar Ltd" not in page


def test_an_unknown_filter_value_and_order_change_nothing(client: Client) -> None:
    page = text(client, "?kind=nonsense&sort=password&page=x")
    assert "Nectar Ltd" in page


def test_htmx_gets_the_list_alone(client: Client) -> None:
    page = text(client, "?q=nectar", **{"HX-Request": "true", "HX-Target": "list"})
    assert "<html" not in page
    assert page.strip().startswith("<section")


def test_the_file_has_all_rows_of_the_search_with_the_columns_of_the_page(client: Client) -> None:
    add(60, kind="sales")
    found = rows(client, "&kind=sales&sort=-name")
    assert found[0] == ["Company", "Country", "Business"]
    assert len(found) == 61
    assert found[1] == ["Company 059", "Kazakhstan", "Sales specialist"]


def test_no_cell_of_the_file_is_a_formula(client: Client) -> None:
    Partner.objects.create(key="evil", name='=HYPERLINK("http://x")', country="DE", added_at=NOW)
    assert ['\'=HYPERLINK("http://x")', "Germany", ""] in rows(client, "")


def test_the_file_has_the_words_of_a_cell_and_none_of_its_markup() -> None:
    assert plain('<a href="#">Clover &amp; Sons</a><span class="cell-sub">\n clover</span>') == "Clover & Sons clover"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("@sum", "'@sum"), ("-x", "'-x"), ("\tx", "'\tx"), ("  =1", "'=1"),
        ("-5", "-5"), ("+3.50", "+3.50"), ("-1,234.50", "-1,234.50"), ("plain", "plain"), (None, ""), (0, "0"),
        ("-", "'-"), ("+7 495 1234567", "'+7 495 1234567"), ("- 5", "'- 5"),
    ],
)  # fmt: skip
def test_a_cell_that_begins_as_a_formula_gets_an_apostrophe_and_a_number_stays(cell: object, written: str) -> None:
    assert harmless(cell) == written


def test_the_number_of_queries_does_not_grow_with_the_rows(client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        text(client)
    add(24)
    with CaptureQueriesContext(connection) as many:
        text(client)
    assert len(many) == len(few)


def test_a_list_takes_no_post(client: Client) -> None:
    assert client.post(LIST).status_code == 405
