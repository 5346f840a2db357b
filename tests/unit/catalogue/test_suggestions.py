"""Which names a catalogue can suggest, and their order."""

from discovery.catalogue.content import Content
from discovery.catalogue.suggestions import Kind, suggestions_of


def texts(kind: Kind, *contents: Content) -> list[str]:
    return [suggestion.text for suggestion in suggestions_of(contents)[kind]]


def content(title: str, popularity: float | None = None, **fields: tuple[str, ...]) -> Content:
    return Content.model_validate(
        {"id": title.replace(" ", "-"), "title": title, "popularity_score": popularity} | fields
    )


def test_titles_come_by_popularity_and_of_equals_the_shorter_one_first() -> None:
    contents = [content("Unknown"), content("Aliens", 0.8), content("Heat", 0.2), content("Alien", 0.8)]

    assert texts("title", *contents) == ["Alien", "Aliens", "Heat", "Unknown"]


def test_a_title_has_what_an_app_needs_to_show_and_open_it() -> None:
    one = Content(id="a", title="Seven Samurai", release_year=1954, aliases=("Shichinin no samurai",))

    (suggestion,) = suggestions_of([one])["title"]

    assert (suggestion.text, suggestion.content_id, suggestion.release_year) == ("Seven Samurai", "a", 1954)
    assert suggestion.names == ("Seven Samurai", "Shichinin no samurai")


def test_titles_of_the_same_name_are_all_suggested() -> None:
    contents = [Content(id=f"dracula-{year}", title="Dracula", release_year=year) for year in (1931, 1958)]

    assert texts("title", *contents) == ["Dracula", "Dracula"]


def test_people_come_by_the_popularity_of_all_their_titles() -> None:
    contents = [
        content("A", 0.9, cast=("Once Famous",)),
        content("B", 0.5, cast=("Often Seen",)),
        content("C", 0.5, directors=("Often Seen",)),
        content("D", None, cast=("Nobody", "Nobody Twice")),
        content("E", None, cast=("Nobody Twice",)),
    ]

    assert texts("person", *contents) == ["Often Seen", "Once Famous", "Nobody Twice", "Nobody"]


def test_whoever_directs_and_plays_in_a_title_has_it_once() -> None:
    contents = [
        content("A", 0.6, cast=("Clint Eastwood",), directors=("Clint Eastwood",)),
        content("B", 0.7, cast=("Z",)),
    ]

    assert texts("person", *contents) == ["Z", "Clint Eastwood"]


def test_genres_and_keywords_come_by_how_many_titles_have_them() -> None:
    contents = [
        content("A", genres=("Drama", "War"), keywords=("heist",)),
        content("B", genres=("War",), keywords=("time travel", "heist")),
    ]

    assert texts("genre", *contents) == ["War", "Drama"]
    assert texts("keyword", *contents) == ["heist", "time travel"]


def test_a_name_is_suggested_once_in_its_most_frequent_spelling() -> None:
    contents = [content(str(n), cast=(name,)) for n, name in enumerate(["Beyonce", "Beyoncé", "Beyoncé", "BEYONCÉ"])]

    assert texts("person", *contents) == ["Beyoncé"]


def test_what_has_no_word_is_not_suggested() -> None:
    assert texts("title", content("!?")) == []
    assert texts("person", content("A", cast=("…",))) == []


def test_an_article_alone_is_no_name_of_a_person_but_may_be_a_title() -> None:
    assert texts("person", content("A", cast=("the", "[a]", "Theo"))) == ["Theo"]
    assert texts("title", content("A")) == ["A"]
