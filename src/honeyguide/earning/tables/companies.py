"""Companies that a table calls by names that the program does not know: somebody says who they are."""

from collections.abc import Sequence

from honeyguide.earning import limits
from honeyguide.earning.tables.mapping import Mapping, one_line
from honeyguide.partners.finding import keys_by_name


def company_words(mapping: Mapping, rows: Sequence[Sequence[str]]) -> dict[str, dict[str, str]]:
    """For Mapping.words: names that are no company's, with what was chosen for them; "" where nothing was yet.

    At most limits.WORDS_OF_A_COLUMN new ones: when those are settled, the next ones come.
    """
    place = mapping.columns.get("partner")
    if place is None:
        return {}
    names = dict.fromkeys(name for row in rows if place < len(row) and (name := one_line(row[place])))
    chosen = {name: said for name, said in mapping.words.get("partner", {}).items() if said and name in names}
    known = keys_by_name(set(names))
    unknown = [name for name in names if name.casefold() not in known and name not in chosen]
    found = chosen | dict.fromkeys(unknown[: limits.WORDS_OF_A_COLUMN], "")
    return {"partner": found} if found else {}
