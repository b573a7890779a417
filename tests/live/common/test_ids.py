"""Public ids: of the right form, in the order of time, each another one."""

from datetime import timedelta

from honeyguide.common.ids import is_id, new_id, new_ids
from tests.live.conftest import NOW


def test_many_ids_are_of_the_form_of_one_each_another_and_in_order() -> None:
    found = new_ids("evt", NOW, 5_000)
    assert len(set(found)) == 5_000
    assert found == sorted(found)
    assert all(is_id("evt", each) for each in found)
    assert new_ids("evt", NOW, 0) == []
    assert set("".join(each[13:] for each in found)) == set("0123456789abcdefghjkmnpqrstvwxyz")


def test_an_id_is_after_those_of_earlier_moments() -> None:
    earlier, later = new_id("tbl", NOW), new_id("tbl", NOW + timedelta(milliseconds=1))
    assert is_id("tbl", earlier)
    assert earlier < later
    assert earlier[:13] == new_id("tbl", NOW)[:13]
