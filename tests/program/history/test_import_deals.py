"""Deals and projects kept in a table come into the program and earn what the rulebook says (G1.5)."""

from pathlib import Path

import pytest

from honeyguide.program.engine import replay
from honeyguide.program.history import validate_raw
from honeyguide.program.history.convert import convert
from honeyguide.program.history.maps import parse_map
from honeyguide.program.rulebook import load_rulebook

TABLE = """No,Date,Client,Amount,Users,Implementation
1,2026-02-01,Hive,1000.00,60,launched
2,2026-02-20,Hive,500.00,10,none
3,2026-03-01,Swarm,200.00,5,in progress
"""
PARTNER = 'partner = "nectar"'
MAP = f"""
[source]
dates = ["%Y-%m-%d"]
time = 12:00:00
time_zone = "UTC"

[[events]]
type = "partner.accepted"
when = {{ No = "1" }}
[events.fields]
{PARTNER}
at = {{ column = "Date", shift_days = -1 }}

[[events]]
type = "sale.paid"
[events.fields]
{PARTNER}
at = {{ column = "Date" }}
sale = {{ template = "deal-{{No}}" }}
client = {{ column = "Client", slug = true }}
product = "cloud"
plan = "extended"
net = {{ column = "Amount" }}
seats = {{ column = "Users" }}

[[events]]
type = "project.delivered"
when = {{ Implementation = ["launched", "in progress"] }}
[events.fields]
{PARTNER}
at = {{ column = "Date", shift_days = 10 }}
project = {{ template = "project-{{No}}" }}
client = {{ column = "Client", slug = true }}
modules = ["standard"]
report = "in the table"
checklist = "in the table"

[[events]]
type = "project.confirmed"
when = {{ Implementation = "launched" }}
[events.fields]
{PARTNER}
at = {{ column = "Date", shift_days = 20 }}
project = {{ template = "project-{{No}}" }}
"""


@pytest.mark.clause("G1.5")
def test_date_amount_users_and_implementation_status_of_a_table_earn_points(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(TABLE, encoding="utf-8")
    answer = replay(validate_raw(convert(path, parse_map(MAP))), load_rulebook()).to_dict()
    (nectar,) = answer["partners"]
    # Deal 1: 5 % of 1,000 and 20 for up to 250 users; deal 3: 5 % of 200 and 15 for up to 50; project 1: a module, 100.
    assert nectar["points"]["active"] == (50 + 20) + (10 + 15) + 100
    # Deal 2 comes 19 days after deal 1 with the same client: 25 + 15 wait for a decision (G1.4).
    assert nectar["points"]["held"] == 25 + 15
