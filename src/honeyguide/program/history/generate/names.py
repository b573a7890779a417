"""Made-up companies: names put together from invented syllables and each country's own words, and ids from them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from honeyguide.program.history.generate.calendar import Ints

HEADS: tuple[tuple[str, str], ...] = (
    ("al", "Аль"), ("ar", "Ар"), ("bel", "Бел"), ("bor", "Бор"), ("cal", "Кал"), ("dor", "Дор"), ("el", "Эль"),
    ("fen", "Фен"), ("gal", "Гал"), ("hel", "Хел"), ("in", "Ин"), ("kor", "Кор"), ("lan", "Лан"), ("mar", "Мар"),
    ("nor", "Нор"), ("or", "Ор"), ("pal", "Пал"), ("quin", "Квин"), ("ros", "Рос"), ("sol", "Сол"), ("tar", "Тар"),
    ("ul", "Ул"), ("ver", "Вер"), ("vin", "Вин"), ("zen", "Зен"),
)  # fmt: skip
"""How a name begins, in Latin and in Cyrillic letters."""
MIDDLES: tuple[tuple[str, str], ...] = (
    ("", ""), ("", ""), ("a", "а"), ("ba", "ба"), ("de", "де"), ("di", "ди"), ("e", "е"), ("go", "го"), ("i", "и"),
    ("ka", "ка"), ("li", "ли"), ("lo", "ло"), ("me", "ме"), ("mi", "ми"), ("no", "но"), ("o", "о"), ("ra", "ра"),
    ("ri", "ри"), ("sa", "са"), ("ta", "та"), ("ti", "ти"), ("vo", "во"), ("za", "за"),
)  # fmt: skip
TAILS: tuple[tuple[str, str], ...] = (
    ("bria", "брия"), ("cor", "кор"), ("dan", "дан"), ("dra", "дра"), ("field", "филд"), ("gard", "гард"),
    ("lane", "лейн"), ("lex", "лекс"), ("line", "лайн"), ("mont", "монт"), ("nix", "никс"), ("nova", "нова"),
    ("pex", "пекс"), ("port", "порт"), ("ris", "рис"), ("stone", "стоун"), ("tan", "тан"), ("tera", "тера"),
    ("tis", "тис"), ("via", "виа"), ("vex", "векс"), ("wick", "вик"),
)  # fmt: skip

COUNTRIES: dict[str, tuple[float, Sequence[str], Sequence[str]]] = {
    "US": (10, ("Systems", "Digital", "Consulting", "CRM Partners", "Solutions", "Works"), ("Inc", "LLC")),
    "DE": (9, ("Systeme", "Beratung", "Software", "Digital", "IT-Service", "Vertrieb"), ("GmbH", "AG")),
    "GB": (8, ("Systems", "Consulting", "Digital", "Business Software", "Partners", "Data"), ("Ltd", "LLP")),
    "PL": (6, ("Systemy", "Doradztwo", "Oprogramowanie", "Wdrożenia", "Digital"), ("Sp. z o.o.", "S.A.")),
    "ES": (6, ("Sistemas", "Consultoría", "Soluciones", "Software", "Digital"), ("SL", "SA")),
    "FR": (6, ("Conseil", "Systèmes", "Informatique", "Solutions", "Numérique"), ("SARL", "SAS")),
    "BR": (5, ("Sistemas", "Consultoria", "Soluções", "Tecnologia"), ("Ltda", "S.A.")),
    "IT": (5, ("Sistemi", "Consulenza", "Informatica", "Soluzioni"), ("S.r.l.", "S.p.A.")),
    "KZ": (5, ("Системы", "Консалтинг", "Интеграция", "Софт"), ("ТОО", "АО")),
    "NL": (4, ("Systemen", "Advies", "Automatisering", "Software"), ("B.V.",)),
    "IN": (4, ("Infotech", "Systems", "Consultants", "Softworks", "Technologies"), ("Pvt Ltd", "LLP")),
    "MX": (4, ("Sistemas", "Consultores", "Soluciones", "Tecnología"), ("SA de CV", "SC")),
    "TR": (3, ("Bilişim", "Danışmanlık", "Yazılım", "Teknoloji"), ("A.Ş.", "Ltd. Şti.")),
    "CZ": (3, ("Systémy", "Poradenství", "Software", "Data"), ("s.r.o.", "a.s.")),
    "UA": (3, ("Системи", "Консалтинг", "Інтеграція", "Софт"), ("ТОВ",)),
    "RO": (3, ("Sisteme", "Consultanță", "Software", "Soluții"), ("SRL", "SA")),
    "PT": (2, ("Sistemas", "Consultoria", "Soluções"), ("Lda", "SA")),
    "SE": (2, ("System", "Konsult", "Data", "Digital"), ("AB",)),
    "FI": (2, ("Järjestelmät", "Konsultointi", "Data"), ("Oy",)),
    "GR": (2, ("Systems", "Consulting", "Data"), ("A.E.", "E.P.E.")),
    "AE": (2, ("Technologies", "Trading Systems", "Consulting"), ("FZ-LLC", "LLC")),
    "ZA": (2, ("Systems", "Consulting", "Software"), ("(Pty) Ltd",)),
    "CA": (2, ("Systems", "Conseil", "Digital", "Software"), ("Inc", "Ltd")),
    "AU": (2, ("Systems", "Consulting", "Digital"), ("Pty Ltd",)),
    "UZ": (2, ("Системы", "Консалтинг", "Софт"), ("ООО",)),
    "ID": (2, ("Sistem", "Konsultan", "Teknologi"), ("PT",)),
    "VN": (1, ("Systems", "Software", "Solutions"), ("Co Ltd",)),
    "GE": (1, ("Systems", "Consulting", "Soft"), ("LLC",)),
}
"""By country: how many of a hundred or so partners come from it, what its companies do, and their legal forms."""
CYRILLIC = ("KZ", "UA", "UZ")
LEGAL_FORM_FIRST = ("KZ", "UA", "UZ", "ID")
COUNTRY_CODES = tuple(COUNTRIES)


def draw_countries(rng: np.random.Generator, count: int) -> Ints:
    """A position in COUNTRY_CODES for each partner."""
    weights = np.array([weight for weight, _, _ in COUNTRIES.values()], dtype=np.float64)
    return rng.choice(len(weights), size=count, p=weights / weights.sum()).astype(np.int64)


def companies(rng: np.random.Generator, countries: Ints) -> tuple[pl.Series, pl.Series]:
    """Ids and names of partners: an id is the name in Latin letters and the partner's number."""
    count = len(countries)
    parts = [rng.integers(0, len(table), count) for table in (HEADS, MIDDLES, TAILS)]
    brands_latin = _put_together(parts, 0)
    brands_cyrillic = _put_together(parts, 1)
    does, form = rng.integers(0, 1 << 30, count), rng.integers(0, 1 << 30, count)
    names = np.empty(count, dtype=object)
    for code, (country, (_, activities, forms)) in enumerate(COUNTRIES.items()):
        rows = np.flatnonzero(countries == code)
        brands = brands_cyrillic if country in CYRILLIC else brands_latin
        activity = np.array(activities, dtype=object)[does[rows] % len(activities)]
        legal = np.array(forms, dtype=object)[form[rows] % len(forms)]
        if country in LEGAL_FORM_FIRST:
            names[rows] = legal + " " + brands[rows] + " " + activity
        else:
            names[rows] = brands[rows] + " " + activity + " " + legal
    numbers = np.char.zfill(np.arange(1, count + 1).astype("U8"), 4).astype(object)
    slugs = np.array([brand.lower() for brand in brands_latin], dtype=object)
    return pl.Series("partner", slugs + "-" + numbers, pl.String), pl.Series("name", names, pl.String)


def _put_together(parts: Sequence[npt.NDArray[np.int64]], letters: int) -> npt.NDArray[np.object_]:
    """Brands in Latin (0) or Cyrillic (1) letters, capitalized."""
    words = [
        np.array([pair[letters] for pair in table], dtype=object)[part]
        for table, part in zip((HEADS, MIDDLES, TAILS), parts, strict=True)
    ]
    joined = words[0] + words[1] + words[2]
    return np.array([word.capitalize() for word in joined], dtype=object)
