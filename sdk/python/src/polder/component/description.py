"""``polder:plugin/description``: what the registry holds, in the words of the contract."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from polder_manifest import MANIFEST
from wit_world.exports import description as wit

from .. import border
from ..data_type import Field
from ..function import Function, Parameter, functions
from ..wants import wanted


class Description:
    """Answers the same in every instance: it was made when the component was."""

    def describe(self) -> Any:
        return _plugin()


@lru_cache(maxsize=1)
def _plugin() -> Any:
    return wit.Plugin(
        name=MANIFEST["name"].replace("-", "_"),
        version=MANIFEST["version"],
        summary=MANIFEST["description"],
        license=MANIFEST["license"],
        authors=MANIFEST["authors"],
        homepage=MANIFEST["homepage"],
        functions=[_function(function) for function in functions().values()],
        capabilities=[
            wit.Capability(want.interface, want.privilege, want.kind, want.on, want.reason) for want in wanted()
        ],
    )


def _function(function: Function) -> Any:
    return wit.Function(
        name=function.name,
        kind=wit.FunctionKind[function.kind.upper()],
        doc=function.doc,
        parameters=[_parameter(parameter) for parameter in function.parameters],
        variadic=function.variadic,
        returns=None if function.returns is None else border.lower_fields(function.returns),
        volatility=wit.Volatility[function.volatility.upper()],
        examples=[wit.Example(sql, result) for sql, result in function.examples],
    )


def _parameter(parameter: Parameter) -> Any:
    known = parameter.data_type
    return wit.Parameter(
        name=parameter.name,
        type=None if known is None else border.lower_fields([Field(parameter.name, known)]),
        optional=parameter.optional,
        doc=parameter.doc,
    )
