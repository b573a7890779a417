"""A phrase is its English text, and knows of what it was made."""

import copy
import pickle

from honeyguide.program.phrases import Phrase, joined, listed, plain, recognized


def test_a_phrase_is_its_text() -> None:
    phrase = Phrase("{field} is {value}, expected {expected}", field="net", value="{}", expected=Phrase("a number"))
    assert phrase == "net is {}, expected a number"
    assert phrase.template == "{field} is {value}, expected {expected}"
    assert phrase.params["expected"] == Phrase("a number")


def test_a_phrase_survives_being_copied_and_sent() -> None:
    phrase = Phrase("{field} is {value}", field="net", value=plain("{ no template }"))
    for other in (pickle.loads(pickle.dumps(phrase)), copy.deepcopy(phrase), copy.copy(phrase)):
        assert other == phrase
        assert isinstance(other, Phrase)
        assert (other.template, other.params) == (phrase.template, phrase.params)


def test_parts_of_a_phrase_are_exchanged_however_deep_they_lie() -> None:
    phrase = joined([Phrase("one{at}", at=Phrase(" at line {line}", line=3)), Phrase("two"), Phrase("three")])
    assert phrase == "one at line 3; two; three"
    assert phrase.changed(lambda part: "" if "line" in part.params else part) == "one; two; three"


def test_words_are_listed() -> None:
    assert listed(("a", "b")) == "a or b"
    assert listed(("a", "b", "c")) == "a, b or c"


def test_a_message_of_a_library_is_a_phrase_again() -> None:
    samples = (Phrase("Cannot declare {key} twice", key=""), Phrase("Unclosed array"))
    found = recognized("Cannot declare ('a', '{b}') twice", samples)
    assert isinstance(found, Phrase)
    assert (found, found.template) == ("Cannot declare ('a', '{b}') twice", "Cannot declare {key} twice")
    assert isinstance(recognized("Unclosed array", samples), Phrase)
    assert type(recognized("Unclosed arrays", samples)) is str
