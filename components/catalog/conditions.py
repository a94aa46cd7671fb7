"""What a document demands of a value beyond its kind, judged by jsonschema and told in sentences.

Documents come from outside, and so do the patterns and the branching in them: a judgement has a budget of steps,
and a pattern is tried only on texts on which it ends soon. What cannot be judged is not held against a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any

from components.catalog.patterns import finds
from components.catalog.wording import Path, Problem, as_sentence, either, quoted, shown
from components.jobs.uploads import is_upload

_STEPS = 20_000
# What stands for an uploaded file, whose content nobody looks at here.
_FILE = "data:application/octet-stream;base64,AAAA"
_FORMATS = {
    "date": "a date such as 2026-01-31",
    "date-time": "a time such as 2026-01-31T18:00:00Z",
    "email": "an e-mail address",
    "idn-email": "an e-mail address",
    "ipv4": "an IP address",
    "ipv6": "an IP address",
    "uuid": "a UUID",
}
FORMATS = frozenset(_FORMATS)
"""The formats of texts that are checked; any other forbids nothing."""
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a JSON object",
    "string": "text",
}
# A schema and its validator, by the schema's identity, which is kept from being used again by being kept here.
_compiled: dict[int, tuple[Mapping[str, Any], Any]] = {}
_MOST_COMPILED = 1_000
_left: ContextVar[int] = ContextVar("left")


class _TooMuch(Exception):
    """A judgement takes too long."""


def broken(
    conditions: Mapping[str, Any],
    value: Any,
    path: Path,
    subject: str,
    prose: str = "",
    labels: Mapping[str, str] | None = None,
) -> Iterator[Problem]:
    """What `value`, as it would be sent, breaks of `conditions`: nothing, or one Problem at `path`.

    `prose`: the provider's description, quoted where the condition has no plain words of ours. `labels`: what the
    fields of `value` are called.
    """
    error = _first_error(conditions, _without_uploads(value))
    if error is not None:
        yield Problem(path, as_sentence(_said(error, subject, prose, labels or {})))


def _first_error(conditions: Mapping[str, Any], value: Any) -> Any:
    token = _left.set(_STEPS)
    try:
        return next(iter(_validator(conditions).iter_errors(value)), None)
    except Exception:  # a schema that is none may make jsonschema raise anything
        return None
    finally:
        _left.reset(token)


def _validator(conditions: Mapping[str, Any]) -> Any:
    known = _compiled.get(id(conditions))
    if known is not None and known[0] is conditions:
        return known[1]
    if len(_compiled) >= _MOST_COMPILED:
        _compiled.clear()
    made = _maker()(conditions)
    _compiled[id(conditions)] = conditions, made
    return made


@cache
def _maker() -> Callable[[Mapping[str, Any]], Any]:
    """Makes validators. jsonschema is loaded here: only a model with conditions pays for it."""
    from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it publishes no types
    from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # it publishes no types
    from jsonschema.validators import extend  # type: ignore[import-untyped]  # it publishes no types
    from referencing import Registry

    def counted(check: Any) -> Any:
        def checked(validator: Any, *about: Any) -> Iterator[Any]:
            _left.set(_left.get() - 1)
            if _left.get() < 0:
                raise _TooMuch
            yield from check(validator, *about) or ()

        return checked

    def pattern(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if isinstance(instance, str) and finds(wanted, instance) is False:
            yield ValidationError("pattern")

    formats = FormatChecker(formats=FORMATS & FormatChecker.checkers.keys())
    formats.checks("date-time", raises=ValueError)(_is_time)
    own = {keyword: counted(check) for keyword, check in Draft202012Validator.VALIDATORS.items()}
    kind = extend(Draft202012Validator, {**own, "pattern": counted(pattern)})
    # An empty registry: a reference never makes anybody load an address.
    return lambda schema: kind(dict(schema), registry=Registry(), format_checker=formats)


def _is_time(value: object) -> bool:
    if isinstance(value, str):
        datetime.fromisoformat(value)
    return True


def _without_uploads(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_uploads(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_uploads(inner) for inner in value]
    return _FILE if is_upload(value) else value


def _said(error: Any, subject: str, prose: str, labels: Mapping[str, str]) -> str:
    """The sentence about `error`, for the conditions that have plain words."""
    demanded, given = error.validator_value, error.instance
    of_value = error.validator in ("multipleOf", "exclusiveMinimum", "exclusiveMaximum", "minimum", "maximum")
    if error.absolute_path and of_value:
        subject = f"“{'.'.join(map(str, error.absolute_path))}” in {subject}"[:200]
    match error.validator:
        case "multipleOf":
            return f"{subject} must be a multiple of {shown(demanded)}; you gave {shown(given)}."
        case "exclusiveMinimum":
            return f"{subject} must be more than {shown(demanded)}; you gave {shown(given)}."
        case "exclusiveMaximum":
            return f"{subject} must be less than {shown(demanded)}; you gave {shown(given)}."
        case "minimum":
            return f"{subject} must be at least {shown(demanded)}; you gave {shown(given)}."
        case "maximum":
            return f"{subject} must be at most {shown(demanded)}; you gave {shown(given)}."
        case "uniqueItems":
            return f"{subject} has an entry twice; each may be there only once."
        case "minProperties":
            return f"{subject} has too few settings: {len(given)}, and at least {demanded} are needed."
        case "maxProperties":
            return f"{subject} has too many settings: {len(given)}, and the limit is {demanded}."
        case "maxLength":
            return f"{subject} is too long: {len(given):,} characters, and the limit is {demanded:,}."
        case "minLength":
            return f"{subject} is too short: {len(given):,} characters, and at least {demanded:,} are needed."
        case "format":
            return f"{subject} must be {_FORMATS.get(demanded, 'of another form')}; you gave {shown(given)}."
        case "pattern":
            return f"{subject} is not in the form that this model asks for.{quoted(prose)}"
        case "type":
            kinds = [demanded] if isinstance(demanded, str) else list(demanded)
            where = f"“{'.'.join(map(str, error.absolute_path))}” in {subject}"[:200]
            wanted = either([_TYPES[kind] for kind in kinds if kind in _TYPES]) or "left out"
            return f"{where if error.absolute_path else subject} must be {wanted}."
        case "required" if isinstance(given, dict):
            lacking = [labels.get(name, f"“{name[:80]}”") for name in demanded if name not in given]
            return f"{subject} needs {' and '.join(lacking[:8])}."
        case "anyOf" | "oneOf" if sets := _required_sets(demanded):
            wanted = either(
                [" and ".join(labels.get(name, f"“{name[:80]}”") for name in names) for names in sets]
            )
            met = (
                sum(all(name in given for name in names) for names in sets) if isinstance(given, dict) else 0
            )
            where = f"{subject}: set" if subject else "set"
            return f"{where} {wanted}{', and no more than that' if met > 1 else ''}."
        case "dependentRequired" if isinstance(given, dict):
            for name, needed in demanded.items():
                lacking = [labels.get(other, f"“{other[:80]}”") for other in needed if other not in given]
                if name in given and lacking:
                    return f"{labels.get(name, name[:80])} needs {' and '.join(lacking[:8])}, too."
        case "oneOf" if not error.context:
            return f"{subject} fits several of the shapes of which it may have one.{quoted(prose)}"
    return f"{subject or 'What is set'} is not as this model's document demands.{quoted(prose)}"


def _required_sets(alternatives: Any) -> list[list[str]]:
    """The names that each alternative requires, where that is all they say; else nothing."""
    sets = []
    for alternative in alternatives:
        if not isinstance(alternative, Mapping) or alternative.keys() - {"required", "type"}:
            return []
        names = alternative.get("required")
        if not isinstance(names, list) or not names:
            return []
        sets.append([str(name) for name in names[:8]])
    return sets[:8]
