"""The base of rule files and centre data: frozen models that name faults in both languages."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from threading import RLock
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from tic_rules.core.fixed import Fixed
from tic_rules.core.scalars import PLAIN, Json, NotPlain, as_json, plain
from tic_rules.model.validation import in_both_languages


def refuse(code: str, zh: str, en: str) -> PydanticCustomError:
    """An error for a validator to raise: its code, and what is wrong in both languages."""
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


K = TypeVar("K")
V = TypeVar("V")
FixedMap = Annotated[Mapping[K, V], AfterValidator(Fixed)]
"""The type of a field that is a mapping, and frozen as the part that has it."""

_BUILDING = RLock()


class FrozenModel(BaseModel):
    """A part of a rule file or of a centre's data. pydantic builds its validator when the first value is
    validated."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, protected_namespaces=())

    @model_validator(mode="wrap")
    @classmethod
    def _validated(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """A value as a part; pydantic's errors become those of the package, `zh` and `en` in their `ctx`."""
        if type(value) is not dict and isinstance(value, cls):
            return value
        given: Any = cls._as_written(value)
        extras = None
        if isinstance(given, dict) and not given.keys() <= cls.__pydantic_fields__.keys():
            extras = _extras_of(given)
            given = {key: item for key, item in given.items() if key not in extras}
        try:
            made = handler(given)
        except ValidationError as error:
            raise in_both_languages(error, cls) from None
        if extras:
            made.__dict__["extras"] = extras
        return made

    @property
    def extras(self) -> Mapping[str, object]:
        """A copy of the keys that begin with `x-`, as they are written: kept, and without effect."""
        return deepcopy(self.__dict__.get("extras", {}))

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, object] | None = None,
    ) -> bool | None:
        """As pydantic's, in one thread at a time: before 2.14, threads that validate their first values
        together would build the same model together, and meet it half built."""
        with _BUILDING:
            return super().model_rebuild(
                force=force,
                raise_errors=raise_errors,
                _parent_namespace_depth=_parent_namespace_depth + 1,
                _types_namespace=_types_namespace,
            )

    @classmethod
    def _as_written(cls, value: object) -> object:
        """What a caller gives in the place of a part, as what a file would say."""
        return value

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy with other values, which are not validated; properties made of the fields are made anew."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(copy).model_fields.keys() - {"extras"}:
            del copy.__dict__[name]
        return copy

    def __repr_args__(self) -> Iterator[tuple[str, object]]:
        """What is not as by default."""
        fields = type(self).model_fields
        return (
            (name, value) for name, value in self if name in fields and value != fields[name].get_default()
        )


def _extras_of(value: dict[Any, object]) -> dict[str, object]:
    """The keys of a mapping that begin with `x-`, their values as JSON has them."""
    return {key: _extra(key, value[key]) for key in value if isinstance(key, str) and key[:2] == "x-"}


def _extra(key: str, item: object) -> object:
    try:
        as_json(key)
        return as_json(item)
    except NotPlain as error:
        fault: InitErrorDetails = {"type": refuse(*error.args), "loc": (key,), "input": item}
        raise ValidationError.from_exception_data(key, [fault]) from None


Read = Callable[[Any], object]
"""Takes a value as it is given, or held, and gives what it becomes."""


def reading(read: Read) -> Read:
    """A reader that is also given what programs hand over."""

    def either(value: Any) -> object:
        if type(value) in PLAIN:
            return read(value)
        try:
            given = plain(value)
        except NotPlain as error:
            raise refuse(*error.args) from None
        return read(given)

    return either


class Parse:
    """An annotation: how a value is read, the JSON Schema of what may be written, how a dump writes it."""

    __slots__ = ("read", "shape", "write")

    def __init__(self, read: Read, shape: Mapping[str, object], write: Read | None = None) -> None:
        self.read, self.shape, self.write = read, shape, write

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = None if self.write is None else core_schema.plain_serializer_function_ser_schema(self.write)
        return core_schema.no_info_plain_validator_function(reading(self.read), serialization=written)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        return dict(self.shape)
