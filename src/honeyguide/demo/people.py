"""Who signs in: the vendor's team and the partners' users."""

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from honeyguide.accounts.models import Role, User
from honeyguide.demo import stories
from honeyguide.demo.draw import stream
from honeyguide.demo.names import person
from honeyguide.partners.models import Member, MemberRole, Partner

VENDOR_DOMAIN = "meadow.example"
STAFF: tuple[tuple[str, str, Role], ...] = (
    ("manager", "Maya Okafor", Role.MANAGER),
    ("tom", "Tom Lindqvist", Role.MANAGER),
    ("olga", "Ольга Ким", Role.MANAGER),
    ("compliance", "Carlos Prieto", Role.COMPLIANCE),
    ("finance", "Fiona Burke", Role.FINANCE),
    ("support", "Samir Haddad", Role.SUPPORT),
    ("admin", "Ada Novak", Role.ADMIN),
)
"""Login before the `@`, name, role."""
TEAMS: dict[str, tuple[tuple[str, str], ...]] = {
    stories.NECTAR: (("anna", "Anna Whitfield"), ("ben", "Ben Osei"), ("chloe", "Chloe Marsh")),
    stories.COMB: (("carla", "Carla Brandt"), ("jonas", "Jonas Fuchs")),
    stories.KLEVER: (("dina", "Дина Сулейменко"), ("timur", "Тимур Ли")),
    stories.APIARIO: (("eva", "Eva Moreno"),),
    stories.POLLEN: (("paul", "Paul Grant"),),
    stories.POLLEN_SYSTEMS: (),
    stories.BRUMA: (("rui", "Rui Duarte"), ("sofia", "Sofia Alves")),
}
"""Of the companies with a story: the main user first, then the employees."""
EMPLOYEES_MOST = 3
_RUSSIAN_SPEAKING = ("KZ", "UZ")


def make_staff(password: str, now: datetime) -> dict[str, User]:
    """The vendor's team, by login before the `@`."""
    hashed = make_password(password)
    users = [
        User(
            email=f"{login}@{VENDOR_DOMAIN}", name=name, role=role, password=hashed, joined_at=now,
            is_staff=role == Role.ADMIN, is_superuser=role == Role.ADMIN,
            language="ru" if login == "olga" else "en",
        )
        for login, name, role in STAFF
    ]  # fmt: skip
    _save(users)
    return {user.email.partition("@")[0]: user for user in users}


def make_teams(partners: Sequence[Partner], password: str, now: datetime) -> None:
    """The partners' users: a main user for each, some employees; all with one password, all e-mails verified."""
    hashed = make_password(password)
    users, members = [], []
    for partner in partners:
        for place, (login, name) in enumerate(_team(partner)):
            user = User(
                email=f"{login}@{partner.key}.example", name=name, password=hashed, joined_at=now,
                language="ru" if partner.country.code in _RUSSIAN_SPEAKING else "en",
            )  # fmt: skip
            users.append(user)
            role = MemberRole.EMPLOYEE if place else MemberRole.MAIN
            members.append(Member(partner=partner, user=user, role=role, linked_at=now))
    _save(users)
    Member.objects.bulk_create(members, batch_size=500)


def _team(partner: Partner) -> Sequence[tuple[str, str]]:
    if partner.key in TEAMS:
        return TEAMS[partner.key]
    draw = stream(f"team {partner.key}")
    found: dict[str, str] = {}
    for _ in range(draw.randrange(1, EMPLOYEES_MOST + 2)):
        name = person(draw, partner.country.code)
        found.setdefault(name.login, name.full)
    return list(found.items())


def _save(users: Sequence[User]) -> None:
    User.objects.bulk_create(users, batch_size=500)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users], batch_size=500
    )
