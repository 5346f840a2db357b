from lab.benchmarks import synthetic


def test_a_catalogue_is_the_same_at_every_run() -> None:
    assert list(synthetic.contents(50)) == list(synthetic.contents(50))
    assert synthetic.queries(5) == synthetic.queries(5)


def test_a_larger_catalogue_is_so_large_and_has_no_id_twice() -> None:
    ids = [content.id for content in synthetic.contents(10_050)]
    assert len(ids) == len(set(ids)) == 10_050


def test_common_words_are_common() -> None:
    text = [word for content in synthetic.contents(500) for word in content.overview.split()]
    first, later = synthetic.vocabulary()[0], synthetic.vocabulary()[100]
    assert text.count(first) > 20 * text.count(later)
