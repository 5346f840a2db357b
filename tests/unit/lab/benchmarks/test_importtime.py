from lab.benchmarks.importtime import Package, packages, typical

PRINTED = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 |     json.decoder
import time:        50 |        150 |   json
import time:       300 |        300 |     numpy.core
import time:      1000 |       1450 |   numpy
import time:       200 |        200 |   numpy.late
import time:        10 |       1660 | app
"""


def test_a_packages_own_time_is_that_of_all_its_modules() -> None:
    assert {package.name: package.own for package in packages(PRINTED)} == {
        "json": 0.15,
        "numpy": 1.5,
        "app": 0.01,
    }


def test_cumulative_time_counts_a_module_under_its_own_package_once() -> None:
    assert {package.name: package.cumulative for package in packages(PRINTED)} == {
        "json": 0.15,
        "numpy": 1.65,
        "app": 1.66,
    }


def test_the_most_expensive_come_first_by_their_median() -> None:
    slow = PRINTED.replace("1000 |", "9000 |")
    assert typical([PRINTED, slow, PRINTED])[0] == Package("numpy", 1.5, 1.65)
