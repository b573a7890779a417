"""Names of people, by the country of their company: as they are written there, and the login they have."""

import random
from typing import NamedTuple


class PersonName(NamedTuple):
    """A person: the full name, and the part of the e-mail before the `@`."""

    full: str
    login: str


type Table = tuple[tuple[str, ...], tuple[str, ...]]

_ENGLISH: Table = (
    (
        "Alice",
        "Daniel",
        "Grace",
        "Henry",
        "Isla",
        "Jack",
        "Laura",
        "Martin",
        "Nora",
        "Oliver",
        "Priya",
        "Ruth",
        "Simon",
    ),
    ("Barnes", "Carter", "Doyle", "Ellis", "Foster", "Grant", "Hughes", "Khan", "Lawson", "Osei", "Palmer", "Quinn"),
)
_GERMAN: Table = (
    ("Anke", "Bernd", "Dieter", "Elif", "Franziska", "Greta", "Jonas", "Katrin", "Lukas", "Miriam", "Stefan", "Ute"),
    ("Albrecht", "Brandt", "Demir", "Fuchs", "Hartmann", "Jansen", "Krause", "Lorenz", "Richter", "Vogel", "Winter"),
)
_ROMANCE: Table = (
    ("Adriana", "Bruno", "Carmen", "Diego", "Elena", "Fabio", "Irene", "Lucia", "Marco", "Paula", "Rafael", "Sofia"),
    ("Alves", "Bianchi", "Costa", "Duarte", "Ferrer", "Garnier", "Ionescu", "Laurent", "Moreno", "Ricci", "Torres"),
)
_NORTHERN: Table = (
    ("Agnes", "Ewa", "Filip", "Hanna", "Jakub", "Karin", "Lars", "Marek", "Pieter", "Petra", "Tomas", "Veera"),
    ("Berg", "Dekker", "Jansson", "Kowalski", "Lind", "Nieminen", "Novak", "Svoboda", "Visser", "Zielinska"),
)
_EASTERN: Table = (
    ("Amira", "Anil", "Ayla", "Deniz", "Farah", "Giorgi", "Kemal", "Linh", "Maya", "Nadia", "Omar", "Rohan", "Siti"),
    ("Aydin", "Beridze", "Halim", "Iyer", "Kaya", "Mehta", "Nguyen", "Papadakis", "Rahman", "Santoso", "Yilmaz"),
)
_COUNTRIES: dict[str, Table] = (
    dict.fromkeys(("DE",), _GERMAN)
    | dict.fromkeys(("ES", "FR", "IT", "BR", "MX", "PT", "RO"), _ROMANCE)
    | dict.fromkeys(("PL", "NL", "CZ", "SE", "FI"), _NORTHERN)
    | dict.fromkeys(("TR", "IN", "GR", "AE", "ID", "VN", "GE"), _EASTERN)
)
_RUSSIAN = (
    (("Алия", "aliya"), ("Тимур", "timur"), ("Ольга", "olga"), ("Данияр", "daniyar"), ("Елена", "elena"),
     ("Рустам", "rustam"), ("Наталья", "natalia"), ("Сергей", "sergey"), ("Камила", "kamila"), ("Андрей", "andrey")),
    ("Ким", "Цой", "Сулейменко", "Бондаренко", "Шевчук", "Литвиненко", "Гончар", "Ткаченко", "Ли", "Пак"),
)  # fmt: skip
"""Family names that are the same for women and men."""
_CYRILLIC = ("KZ", "UZ", "UA")


def person(draw: random.Random, country: str) -> PersonName:
    """A name as people of a country have it."""
    if country in _CYRILLIC:
        given, login = draw.choice(_RUSSIAN[0])
        return PersonName(f"{given} {draw.choice(_RUSSIAN[1])}", login)
    givens, families = _COUNTRIES.get(country, _ENGLISH)
    given, family = draw.choice(givens), draw.choice(families)
    return PersonName(f"{given} {family}", given.lower())
