"""Where a mutant is and what it changed, from mutmut's names and diffs; and that both fit mutmut as it is installed."""

import json
from pathlib import Path

import pytest

from lab.mutants.mutant import Change, Mutant, change_in, place_of, tried

DIFF = """--- src/discovery/a.py
+++ src/discovery/a.py
@@ -1,4 +1,3 @@
 def one(
-    first="a  b",
-    second=2,
+    first="a  b",
 ):
"""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("discovery.policy.parser.x__hash__mutmut_4", "policy.parser._hash"),
        ("discovery.policy.parser.x_parse_policy__mutmut_1", "policy.parser.parse_policy"),
        ("discovery.policy.parser.xǁ_Readingǁone__mutmut_12", "policy.parser._Reading.one"),
        ("discovery.api.auth.xǁAǁ__getitem____mutmut_2", "api.auth.A.__getitem__"),
    ],
)
def test_a_mutants_place_is_module_class_and_function(name: str, place: str) -> None:
    assert place_of(name) == place


def test_a_change_is_the_changed_lines_whatever_their_indentation() -> None:
    assert change_in("a.one", DIFF) == Change("a.one", 'first="a b", second=2,', 'first="a b",')


def test_killed_and_hanging_mutants_are_noticed_and_all_others_that_were_tried_survive(tmp_path: Path) -> None:
    folder = tmp_path / "mutants" / "src" / "discovery"
    folder.mkdir(parents=True)
    copies = "".join(f"def x_one__mutmut_{copy}():\n    return {copy}\n\n\n" for copy in ("orig", *range(5)))
    (folder / "a.py").write_text(copies.replace("return orig", "return 7"))
    codes = {"0": 1, "1": 0, "2": 36, "3": 33, "4": None}  # killed, survived, timeout, no tests, not checked
    results = {f"discovery.a.x_one__mutmut_{copy}": code for copy, code in codes.items()}
    others = {"hash_by_function_name", "type_check_error_by_key", "durations_by_key", "estimated_durations_by_key"}
    (folder / "a.py.meta").write_text(json.dumps({"exit_code_by_key": results} | {other: {} for other in others}))

    survived = [Change("a.one", "return 7", f"return {copy}") for copy in (1, 3)]
    assert tried(tmp_path) == [
        Mutant(f"discovery.a.x_one__mutmut_{copy}", "a", change)
        for copy, change in enumerate((None, survived[0], None, survived[1]))
    ]
