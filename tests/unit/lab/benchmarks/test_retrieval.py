"""The benchmark of phases 1 to 3: which query is asked when."""

from lab.benchmarks.retrieval import Side


def test_a_side_asks_a_blocks_queries_in_their_order_over_and_over() -> None:
    asked: list[str] = []
    side = Side(asked.append)

    side.begin(["a", "b"])
    for _ in range(3):
        side.advance()
        side()

    assert asked == ["a", "b", "a"]
