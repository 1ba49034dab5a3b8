"""The words that oblige, permit or encourage (`rules/normative.yaml`), found in a folded text."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import ValidationError

from tic_rules.analysis.coverage.layout import fold
from tic_rules.core.errors import RuleSetError
from tic_rules.model.conditions import Flag, Node
from tic_rules.model.ruleset import Modality
from tic_rules.model.shipped import read_shipped
from tic_rules.model.validation import diagnostics_of


class NormativeWord(Node):
    """A word, the modality that it points to, the words within which it is none of its own."""

    zh: str
    modality: Modality
    exceptions: tuple[str, ...] = ()
    in_headings: Flag = False


class NormativeWords(Node):
    words: tuple[NormativeWord, ...]


class NormativeMention(NamedTuple):
    """A normative word where it stands in a text."""

    word: NormativeWord
    start: int
    end: int


class Norms:
    """The words, ready to be looked for."""

    def __init__(self, words: tuple[NormativeWord, ...]) -> None:
        self.words = words
        self.by_text = {fold(word.zh): word for word in words}
        texts = {*self.by_text, *(fold(exception) for word in words for exception in word.exceptions)}
        self._any = re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))

    def within(self, text: str) -> Iterator[NormativeMention]:
        """The normative words of a text, in order; the longest word or exception counts at each place."""
        for match in self._any.finditer(text):
            word = self.by_text.get(match.group())
            if word is not None:
                yield NormativeMention(word, match.start(), match.end())


@lru_cache(maxsize=1)
def norms() -> Norms:
    """The shipped words. Raises RuleSetError where the file is damaged."""
    source = read_shipped("normative")
    try:
        return Norms(NormativeWords.model_validate(source.data).words)
    except ValidationError as error:
        raise RuleSetError(diagnostics_of(error, source)) from None
