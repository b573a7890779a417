"""What companies say about themselves: website, telephone, address, description, services."""

from dataclasses import dataclass, replace

from honeyguide.demo import stories
from honeyguide.demo.draw import stream
from honeyguide.demo.places import ELSEWHERE, PLACES
from honeyguide.partners.models import Kind

_CYRILLIC = ("KZ", "UZ")
_SERVICES = {
    "": ("Implementation", "Training", "Support", "Data migration", "Integration", "Custom development", "Consulting"),
    "ru": ("Внедрение", "Обучение", "Поддержка", "Перенос данных", "Интеграция", "Доработка", "Консультации"),
}
_DESCRIPTIONS = {
    "": {
        Kind.INTEGRATOR: "We introduce Meadow in companies of {size} people and connect it to what they use already.",
        Kind.CONSULTANT: "Consultants for sales and service: we look at how a company works first, then set up Meadow.",
        Kind.SALES: "We sell Meadow and stay at our clients' side: set-up, training, first-line support.",
        Kind.DEVELOPER: "We build on Meadow: portals, reports and links to accounting and telephony.",
    },
    "ru": {
        Kind.INTEGRATOR: "Внедряем Meadow в компаниях на {size} сотрудников и связываем с учётом и телефонией.",
        Kind.CONSULTANT: "Консультируем по продажам и сервису: сначала изучаем процессы, затем настраиваем Meadow.",
        Kind.SALES: "Продаём Meadow и сопровождаем клиентов: настройка, обучение, первая линия поддержки.",
        Kind.DEVELOPER: "Разрабатываем решения на основе Meadow: порталы, отчёты, обмен с бухгалтерией.",
    },
}
_SIZES = ("10 to 50", "20 to 200", "50 to 500")
_SIZES_RU = ("10–50", "20–200", "50–500")
_NECTAR_SERVICES = ["Implementation", "Data migration", "Training", "Support"]


@dataclass(frozen=True, slots=True)
class Profile:
    """Fields of a partner's company page."""

    email: str
    phone: str
    website: str
    postal_address: str
    description: str
    services: list[str]


def profile(key: str, country: str, kind: str) -> Profile:
    """What a company says about itself; the same for the same company on every day."""
    draw = stream(f"profile {key}")
    place = PLACES.get(country, ELSEWHERE)
    language = "ru" if country in _CYRILLIC else ""
    domain = f"{key}.example"
    phone = "".join(str(draw.randrange(10)) if sign == "#" else sign for sign in place.phone)
    number, street = draw.randrange(2, 180), draw.choice(place.streets)
    line = f"{number} {street}" if country in {"US", "GB", "CA", "AU", "ZA", "IN", "FR", "AE"} else f"{street} {number}"
    size = draw.choice(_SIZES_RU if language else _SIZES)
    known = Kind(kind) if kind in Kind.values else Kind.INTEGRATOR
    found = Profile(
        email=f"info@{domain}",
        phone=phone,
        website=f"https://{domain}",
        postal_address=f"{line}\n{place.city}".strip(),
        description=_DESCRIPTIONS[language][known].format(size=size),
        services=draw.sample(_SERVICES[language], k=draw.randrange(2, 5)),
    )
    return _of_a_story(key, found)


def _of_a_story(key: str, found: Profile) -> Profile:
    """Pollen Inc gives the telephone and the address of a company that was terminated: compliance is told (T1.7.3)."""
    if key == stories.POLLEN:
        earlier = profile(stories.POLLEN_SYSTEMS, "US", Kind.DEVELOPER)
        return replace(found, phone=earlier.phone, postal_address=earlier.postal_address)
    if key == stories.NECTAR:
        return replace(found, services=_NECTAR_SERVICES)
    return found
