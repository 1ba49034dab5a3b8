"""Declared parts: frozen classes whose fields are their annotations, read by pydantic's core.

A program that checks one file spends its time on starting. So the parts of rule files and of a centre's data are plain classes:
declaring one costs next to nothing, and pydantic's core gets to know it when the first value is to be validated. To pydantic
they are types like any other, as fields of a model and in a JSON Schema. Their methods have the names that pydantic's models use.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from inspect import cleandoc
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    NamedTuple,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""The default of a mapping."""


F = TypeVar("F", bound=Callable[..., Any])


def remembered(make: F) -> F:
    """`functools.cache` with the types of what it wraps: to mypy, a class that declares an equality of its objects has no hash."""
    return cast(F, cache(make))


def refuse(code: str, zh: str, en: str) -> PydanticCustomError:
    """An error for a validator that carries both languages to the diagnostic."""
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


# --- what an annotation may be marked with ------------------------------------------------------------------------------------


class Alias(NamedTuple):
    """The key of a file, where it is no name in Python: `not`, `is`, `from`."""

    name: str


class Before:
    """Reads the value before its type does."""

    __slots__ = ("read", "shape")

    def __init__(self, read: Callable[[Any], Any], shape: dict[str, Any] | None = None) -> None:
        """`shape` is the JSON Schema of what may be read, where it is not that of the type."""
        self.read, self.shape = read, shape

    def within(self, inner: CoreSchema) -> CoreSchema:
        said = None if self.shape is None else {"pydantic_js_functions": [_always(self.shape)]}
        return core_schema.no_info_before_validator_function(self.read, inner, metadata=said)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return self.within(handler(source))


class Parse:
    """How a scalar is read, how a dumped part writes it, and the JSON Schemas of what a file may say."""

    __slots__ = ("read", "shapes", "write")

    def __init__(
        self, read: Callable[[Any], Any], write: Callable[[Any], Any], *shapes: dict[str, Any]
    ) -> None:
        self.read, self.write, self.shapes = read, write, shapes

    def schema(self) -> CoreSchema:
        shape = {"anyOf": [*self.shapes, {"type": "null"}]}
        written = core_schema.plain_serializer_function_ser_schema(self.write)
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=written, metadata={"pydantic_js_functions": [_always(shape)]}
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return self.schema()


class Within(NamedTuple):
    """Bounds of a whole number, both included."""

    least: int
    most: int


class Matching(NamedTuple):
    """What a text must look like: a regular expression."""

    pattern: str


class NotEmpty(NamedTuple):
    """So many characters or entries at least."""

    least: int = 1


class OneOf:
    """A union whose member is told by what stands in the data: the tag of each member is what `tell` says of it."""

    __slots__ = ("error", "message", "name", "tags", "tell")

    def __init__(
        self, name: str, tell: Callable[[Any], str | None], tags: Mapping[str, type], error: str, message: str
    ) -> None:
        self.name, self.tell, self.tags, self.error, self.message = name, tell, tags, error, message


def _always(shape: dict[str, Any]) -> Callable[[Any, Any], dict[str, Any]]:
    return lambda schema, handler: dict(shape)


# --- fields -------------------------------------------------------------------------------------------------------------------

REQUIRED: Any = object()
"""The default of a field that has none."""


class Field(NamedTuple):
    """One field of a declared part."""

    name: str
    annotation: Any
    metadata: tuple[Any, ...]
    alias: str | None
    default: Any

    def is_required(self) -> bool:
        return self.default is REQUIRED


@remembered
def fields_of(cls: type["Declared"]) -> Mapping[str, Field]:
    """The fields of a declared part in their order, those of its bases first."""
    found: dict[str, Field] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Declared):
            found |= {
                name: _field(cls, name, annotation)
                for name, annotation in base.__annotations__.items()
                if not name.startswith("_")
            }
    return MappingProxyType(found)


def _field(cls: type, name: str, annotation: Any) -> Field:
    plain, *marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    alias = next((mark.name for mark in marks if isinstance(mark, Alias)), None)
    return Field(name, plain, tuple(marks), alias, getattr(cls, name, REQUIRED))


class _Fields:
    """`model_fields` of a declared class."""

    def __get__(self, instance: Any, owner: type["Declared"]) -> Mapping[str, Field]:
        return fields_of(owner)


# --- the parts ----------------------------------------------------------------------------------------------------------------


class Declared:
    """A frozen part. Equality looks at what the fields say; names with an underscore before them are notes and no fields."""

    model_fields = _Fields()

    def __init__(self, **values: Any) -> None:
        """Keywords that say what a file would. Raises pydantic's ValidationError with every fault."""
        fields = fields_of(type(self))
        data = {(name in fields and fields[name].alias) or name: value for name, value in values.items()}
        self.__dict__.update(type(self).model_validate(data).__dict__)

    @classmethod
    def model_construct(cls, **values: Any) -> Self:
        """A part of values that are known to be sound, as they are."""
        made = object.__new__(cls)
        made.__dict__.update(values)
        return made

    @classmethod
    def model_validate(cls, data: Any) -> Self:
        """Data of a file as a part. Raises pydantic's ValidationError with every fault."""
        return validator_of(cls).validate_python(data)  # type: ignore[no-any-return]

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of what `model_validate` takes."""
        from pydantic import TypeAdapter

        return TypeAdapter(cls).json_schema()

    def model_copy(self, *, update: Mapping[str, Any] = NOTHING) -> Self:
        """A copy with other values of some fields; notes are copied too, what was made of the fields is not."""
        fields = fields_of(type(self))
        made = object.__new__(type(self))
        made.__dict__.update(
            {name: value for name, value in self.__dict__.items() if name in fields or name.startswith("_")}
        )
        made.__dict__.update(update)
        return made

    def model_dump(self, *, mode: str = "python", exclude_none: bool = False) -> dict[str, Any]:
        """The fields as a file would say them."""
        found = {}
        for name, field in fields_of(type(self)).items():
            value = _dumped(getattr(self, name), field, mode, exclude_none)
            if value is not None or not exclude_none:
                found[name] = value
        return found

    @classmethod
    def _read(cls, value: Any) -> Any:
        """What a file may write, in the one form that the fields have."""
        return value

    def _whole(self) -> None:
        """Raises (`refuse`) where the fields do not go together."""

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} is immutable; {name} cannot be set")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable; {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in fields_of(type(self)))

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in fields_of(type(self)))))

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Names and values of the fields."""
        return ((name, getattr(self, name)) for name in fields_of(type(self)))

    def __repr__(self) -> str:
        said = ((field, getattr(self, field.name)) for field in fields_of(type(self)).values())
        return f"{type(self).__name__}({', '.join(f'{field.name}={value!r}' for field, value in said if value is not field.default)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return schema_of(cls)


def _dumped(value: Any, field: Field | None, mode: str, exclude_none: bool) -> Any:
    parse = next((mark for mark in field.metadata if isinstance(mark, Parse)), None) if field else None
    if parse is not None:
        return parse.write(value)
    if isinstance(value, Declared):
        return value.model_dump(mode=mode, exclude_none=exclude_none)
    if isinstance(value, (tuple, list)):
        return (list if mode == "json" else tuple)(_dumped(item, None, mode, exclude_none) for item in value)
    if isinstance(value, Mapping):
        return {key: _dumped(item, None, mode, exclude_none) for key, item in value.items()}
    return value


# --- what pydantic's core is told -----------------------------------------------------------------------------------------------


@remembered
def validator_of(kind: Any) -> SchemaValidator:
    """What validates data as a declared part, or as another annotation that a field may have."""
    return SchemaValidator(schema_of(kind))


@remembered
def schema_of(kind: Any) -> CoreSchema:
    """The schema of a part and of all that lies within it, for pydantic's core."""
    making = _Schemas()
    top = making.inner(kind, None)
    return core_schema.definitions_schema(top, list(making.definitions.values()))


class _Schemas:
    """Annotations to schemas; each declared class is made once and referred to, so that a class may lie within itself."""

    def __init__(self) -> None:
        self.definitions: dict[str, CoreSchema] = {}

    def declared(self, cls: type[Declared]) -> CoreSchema:
        ref = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        if ref not in self.definitions:
            self.definitions[ref] = core_schema.any_schema()  # its place, while what lies within is made
            home = sys.modules[cls.__module__]
            fields = {
                name: core_schema.typed_dict_field(
                    self.of(field.annotation, field.metadata, home),
                    required=field.is_required(),
                    validation_alias=field.alias,
                )
                for name, field in fields_of(cls).items()
            }
            self.definitions[ref] = core_schema.no_info_wrap_validator_function(
                _reader(cls),
                core_schema.typed_dict_schema(fields, extra_behavior="forbid"),
                ref=ref,
                serialization=core_schema.plain_serializer_function_ser_schema(_serialized, info_arg=True),
                metadata={"pydantic_js_functions": [_described(cls)]},
            )
        return core_schema.definition_reference_schema(ref)

    def of(self, annotation: Any, marks: tuple[Any, ...], home: Any) -> CoreSchema:
        """The schema of an annotation with its marks; `home` is the module that names stand in."""
        for mark in marks:
            if isinstance(mark, Parse):
                return mark.schema()
            if isinstance(mark, OneOf):
                return self._one_of(mark)
        schema = self._plain(annotation, marks, home)
        for mark in marks:
            if isinstance(mark, Before):
                schema = mark.within(schema)
        return schema

    def _one_of(self, mark: OneOf) -> CoreSchema:
        ref = f"{mark.name}:{id(mark)}"
        if ref not in self.definitions:
            self.definitions[ref] = core_schema.any_schema()
            members = {tag: self.declared(member) for tag, member in mark.tags.items()}
            self.definitions[ref] = core_schema.tagged_union_schema(
                members, mark.tell, custom_error_type=mark.error, custom_error_message=mark.message, ref=ref
            )
        return core_schema.definition_reference_schema(ref)

    def _plain(self, annotation: Any, marks: tuple[Any, ...], home: Any) -> CoreSchema:
        least = next((mark.least for mark in marks if isinstance(mark, NotEmpty)), None)
        if isinstance(annotation, (str, ForwardRef)):
            name = annotation if isinstance(annotation, str) else annotation.__forward_arg__
            return self.inner(getattr(home, name), home, marks)
        if isinstance(annotation, type) and issubclass(annotation, Declared):
            return self.declared(annotation)
        if annotation is Any:
            return core_schema.any_schema()
        if annotation is str:
            pattern = next((mark.pattern for mark in marks if isinstance(mark, Matching)), None)
            return core_schema.str_schema(pattern=pattern, min_length=least)
        if annotation is int:
            bounds = next((mark for mark in marks if isinstance(mark, Within)), None)
            return core_schema.int_schema(ge=bounds and bounds.least, le=bounds and bounds.most)
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]()
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin in (Union, UnionType):
            members = [self.inner(member, home) for member in inner if member is not NoneType]
            one = members[0] if len(members) == 1 else core_schema.union_schema(list(members))
            return core_schema.nullable_schema(one) if NoneType in inner else one
        if origin is Literal:
            return core_schema.literal_schema(list(inner))
        if origin is tuple and inner[-1] is Ellipsis:
            return core_schema.tuple_schema(
                [self.inner(inner[0], home)], variadic_item_index=0, min_length=least
            )
        if origin is tuple:
            return core_schema.tuple_schema([self.inner(member, home) for member in inner])
        if origin in (dict, Mapping):
            return core_schema.dict_schema(self.inner(inner[0], home), self.inner(inner[1], home))
        raise TypeError(f"{annotation!r} cannot be the type of a field")

    def inner(self, annotation: Any, home: Any, outer: tuple[Any, ...] = ()) -> CoreSchema:
        if get_origin(annotation) is Annotated:
            plain, *marks = get_args(annotation)
            return self.of(plain, (*marks, *outer), home)
        return self.of(annotation, outer, home)


def _reader(cls: type[Declared]) -> Callable[[Any, Any], Any]:
    """What makes a part of validated data; a part that is one already is taken as it is."""

    def read(value: Any, handler: Any) -> Any:
        if isinstance(value, cls):
            return value
        made = object.__new__(cls)
        made.__dict__.update(handler(cls._read(value)))
        made._whole()
        return made

    return read


def _serialized(value: Any, info: Any) -> Any:
    return _dumped(value, None, info.mode, info.exclude_none)


def _described(cls: type[Declared]) -> Callable[[Any, Any], dict[str, Any]]:
    """The JSON Schema of a part: as its fields have it, with its name and what it is."""

    def describe(schema: Any, handler: Any) -> dict[str, Any]:
        made: dict[str, Any] = handler(schema)
        target = handler.resolve_ref_schema(made)
        target.setdefault("title", cls.__name__)
        if cls.__doc__:
            target.setdefault("description", cleandoc(cls.__doc__))
        target["additionalProperties"] = False
        for field in fields_of(cls).values():
            if field.default in (None, False, True, ()):
                target["properties"][field.alias or field.name].setdefault(
                    "default", [] if field.default == () else field.default
                )
        return made

    return describe


_SIMPLE: Mapping[Any, Callable[[], CoreSchema]] = MappingProxyType(
    {bool: core_schema.bool_schema, date: core_schema.date_schema, NoneType: core_schema.none_schema}
)
