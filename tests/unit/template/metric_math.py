"""CloudWatch's metric math for one point in time, as far as the alarms of the template use it.

Source: "Metric math syntax and functions" in the CloudWatch user guide. A metric without data at that point is None.
Arithmetic with it has no result; `SUM([...])` of several adds those that have data.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Value = float | None

_OPERATORS: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
_COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}


def evaluated(expression: str, metrics: Mapping[str, Value]) -> Value:
    """The value of an expression over the metrics named in it; None without data."""
    return _Evaluator(metrics).value(ast.parse(expression, mode="eval").body)


def sounds(alarm: Mapping[str, Any], metrics: Mapping[str, Value]) -> bool:
    """Whether these values breach an alarm's threshold; without data none does."""
    assert alarm["TreatMissingData"] == "notBreaching"
    value = evaluated(alarm["Metrics"][0]["Expression"], metrics)
    return value is not None and _COMPARISONS[alarm["ComparisonOperator"]](value, float(alarm["Threshold"]))


def composite_sounds(rule: str, sounding: Mapping[str, bool]) -> bool:
    """Whether a composite alarm's rule holds, by which alarms (by name) sound."""
    return all(sounding[part.removeprefix('ALARM("').removesuffix('")')] for part in rule.split(" AND "))


class _Evaluator:
    def __init__(self, metrics: Mapping[str, Value]) -> None:
        self._metrics = metrics

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                return self._metrics[name]
            case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._both(_OPERATORS[type(op)], self.value(left), self.value(right))
            case ast.Call(func=ast.Name(id="SUM"), args=[ast.List(elts=parts)]):
                return self._sum([self.value(part) for part in parts])
            case ast.Call(func=ast.Name(id="IF"), args=[condition, then, otherwise]):
                holds = self.value(condition)
                return None if holds is None else self.value(then if holds else otherwise)
        raise ValueError(f"not metric math that is known here: {ast.unparse(node)}")

    @staticmethod
    def _both(operation: Callable[[float, float], float], left: Value, right: Value) -> Value:
        if left is None or right is None or (operation is operator.truediv and right == 0):
            return None
        return float(operation(left, right))

    @staticmethod
    def _sum(parts: Sequence[Value]) -> Value:
        present = [part for part in parts if part is not None]
        return sum(present) if present else None
