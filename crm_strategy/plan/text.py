"""Texts of the plan that reports print: one for all languages, or one for each."""

from typing import Any

from pydantic import Field, model_validator

from crm_strategy.plan.fields import Abridged, Plain
from crm_strategy.plan.problems import RefusedError
from crm_strategy.words import voice


class Text(Abridged):
    """`Newsletter`, the same in every language, or `{en: Newsletter, ru: Рассылка}`."""

    en: Plain | None = Field(default=None, description="the text in English")
    ru: Plain | None = Field(default=None, description="the text in Russian")

    def in_language(self, language: str) -> str:
        """The text in `language`; in the other one where it has not been written."""
        texts = {"en": self.en, "ru": self.ru}
        return texts.get(language) or self.en or self.ru or ""

    def __str__(self) -> str:
        return self.in_language(voice().language)

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        if isinstance(value, str):
            if not value.strip():
                raise RefusedError("empty.", "Write a text, or remove the key.")
            return {"en": value, "ru": value}
        if isinstance(value, (dict, Text)):
            return value
        if value is None:
            raise RefusedError("no value.", "Write one after the colon, or remove the key.")
        if isinstance(value, list):
            raise RefusedError("a list is not text.", _REMEDY)
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        raise RefusedError(f"'{shown}' is not text.", f'Put it in quotes: "{shown}".')

    @model_validator(mode="after")
    def _one_at_least(self) -> "Text":
        if self.en is None and self.ru is None:
            raise RefusedError("no text.", _REMEDY)
        return self


_REMEDY = "Write one text, or one for each language: {en: …, ru: …}."


def printed(text: Text | None) -> str | None:
    """The text in the voice's language; None stays None."""
    return None if text is None else str(text)
