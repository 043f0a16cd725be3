"""What `POST /api/v1/chat` takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from pedalcast.rag.storage.document_filters import DocumentFilters

MAX_QUESTION = 2000  # characters
MAX_TURNS = 50
MAX_HISTORY = 40_000  # characters of all turns
MAX_FILTER = 255  # characters of one value
MAX_FILTERS = 50  # values of one field
_TEXT_FIELDS = ("content", "text", "message")

Id = Annotated[
    str,
    BeforeValidator(lambda id_: str(id_) if type(id_) is int else id_),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=r"^[\w.@:+-]+$"),
]


ProviderName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def last_turns(turns: Any) -> Any:
    """The last messages of user and assistant that fit `MAX_TURNS` and `MAX_HISTORY`, oldest first.

    None is no history; messages of other roles and without text are left out; content in parts is joined. What is no
    list of objects is returned as it is, to be refused.
    """
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(isinstance(turn, Mapping) for turn in turns):
        return turns
    fitting: list[dict[str, str]] = []
    room = MAX_HISTORY
    for turn in reversed(turns):
        text = _text(next((turn[field] for field in _TEXT_FIELDS if turn.get(field) is not None), None))
        if turn.get("role") not in {"user", "assistant"} or not text:
            continue
        if len(text) > room or len(fitting) == MAX_TURNS:
            break
        room -= len(text)
        fitting.append({"role": turn["role"], "content": text})
    return fitting[::-1]


def _text(content: Any) -> str:
    """The text of a message: a string, or the texts of its parts; what is no text says nothing."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part if isinstance(part, str) else part.get("text") for part in parts if isinstance(part, str | Mapping)]
    return " ".join(text for text in texts if isinstance(text, str))


class HistoryTurn(BaseModel):
    """One earlier message."""

    role: Literal["user", "assistant"]
    content: str = Field(validation_alias=AliasChoices("content", "text", "message"))


class Position(BaseModel):
    """Where the rider is, degrees WGS 84."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


FilterValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_FILTER)]
Language = Literal["ko", "en"]
_SEVERAL = Field(min_length=1, max_length=MAX_FILTERS)


class FiltersIn(BaseModel):
    """Which of the bot's documents are searched: those that have one of the values of every field given."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"lang": "en", "kind": ["pdf", "docx"], "tag": "fares"}}
    )

    lang: Language | Annotated[list[Language], _SEVERAL] | None = Field(None, description="the text's language")
    kind: FilterValue | Annotated[list[FilterValue], _SEVERAL] | None = Field(
        None, description="`article` of the built-in help, or the kind of file: `pdf`, `docx`, `markdown` …"
    )
    document_id: FilterValue | Annotated[list[FilterValue], _SEVERAL] | None = Field(
        None, description="the documents themselves, by the `document_id` of `sources`"
    )
    tag: FilterValue | Annotated[list[FilterValue], _SEVERAL] | None = Field(
        None, description="an article's topic, or a keyword that a file gives itself"
    )

    def wanted(self) -> DocumentFilters:
        """The filters as retrieval takes them.

        >>> FiltersIn(tag="fares").wanted()
        {'tag': frozenset({'fares'})}
        """
        given: dict[str, str | list[str]] = self.model_dump(exclude_none=True)
        return {field: frozenset([value] if isinstance(value, str) else value) for field, value in given.items()}


class ChatRequest(BaseModel):
    """A question, and what is needed to understand it. `message` is accepted for `question`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "question": "여의나루역 지금 몇 대 있어?",
                "session_id": "s-1",
                "chat_history": [],
                "filters": {"lang": "ko", "tag": ["renting", "returning"]},
            }
        }
    )

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)] = Field(
        validation_alias=AliasChoices("question", "message"), description="what is asked, in Korean or English"
    )
    user_id: Id | None = Field(None, description="who asks; given back nowhere, kept nowhere")
    chat_history: Annotated[list[HistoryTurn], BeforeValidator(last_turns)] = Field(
        default_factory=list,
        description=f"earlier messages, oldest first; the last {MAX_TURNS} and {MAX_HISTORY} characters count",
    )
    session_id: Id | None = Field(None, description="given back as it came; made up where there is none")
    bot_id: Id | None = Field(None, description="the knowledge base to answer from; the built-in help by default")
    position: Position | None = Field(None, description='where the rider is, for "near me"')
    filters: FiltersIn | None = Field(None, description="search some of the bot's documents only; all without it")
    provider: ProviderName | None = Field(
        None, description="who is to answer, of the `choices` of `GET /api/v1/chat/providers`; the others stand in"
    )


class QuoteOut(BaseModel):
    """A sentence of a source, word for word. `start` and `end` are characters into the document's text."""

    text: str
    chunk_id: str
    start: int
    end: int


class FurtherPassageOut(BaseModel):
    """Another passage of a source's document that the answer quotes: its text, at `start` to `end` of the document."""

    chunk_id: str
    url: str | None = Field(description="where it is opened, as the source's own")
    page: int | None
    heading: str | None = Field(description="the path of headings it stands under", examples=["Fares > Refunds"])
    content: str
    start: int
    end: int


class SourceOut(BaseModel):
    """What a marker [n] stands for. `content` is the passage, which lies at `start` to `end` of the document."""

    n: int = Field(description="the number of its marker in the answer")
    type: Literal["document", "station"]
    chunk_id: str
    document_id: str
    title: str
    url: str | None
    page: int | None
    heading: str | None = Field(None, description="the path of headings it stands under", examples=["Fares > Refunds"])
    content: str
    score: float
    start: int
    end: int
    quotes: list[QuoteOut] = Field(description="the sentences quoted, of this passage and of the further ones")
    further: list[FurtherPassageOut] = Field([], description="the document's other passages that are quoted")
    observed_at: datetime | None = Field(None, description="when a station's data was seen")
    age_seconds: int | None = Field(None, description="how old that was when the answer was given")


class FlagOut(BaseModel):
    """A sentence of the answer that does not hold, and why."""

    reason: str
    sentence: str
    numbers: list[str]


class SkippedModelOut(BaseModel):
    """A language model that was to write the answer and did not."""

    provider: str = Field(examples=["openai-like"])
    model: str
    reason: Literal["timeout", "unreachable", "throttled", "refused", "failed", "empty", "paused"] = Field(
        description="`paused`: not asked, having failed several times"
    )


class CostOut(BaseModel):
    """What language models cost for an answer, by the operator's prices and the estimate of tokens."""

    amount: float = Field(examples=[0.00135])
    currency: str = Field(description="ISO 4217", examples=["USD"])


class ChatMetadata(BaseModel):
    """How the answer came about."""

    rag_type: str = Field(description="documents, live, both, small_talk or out_of_scope")
    workflow: list[str] = Field(description="the names of the steps, in the order they ended")
    steps: list[dict[str, Any]] = Field(description="each step with its milliseconds and what it found")
    response_time: float = Field(description="seconds from question to answer")
    language: str
    bot_id: str
    question: str = Field(description="the question as it was asked")
    rewritten: str | None = Field(description="the question as it was understood, where it had to be rewritten")
    answered: bool = Field(description="false where there is no source, or it is asked back")
    answered_by: str
    cached: bool = Field(default=False, description="the answer to the same question, given a while ago")
    tokens: int = Field(description="size of question, history, passages and answer, as an estimate of model tokens")
    model_tokens: int = Field(default=0, description="what language models read and wrote for it, as an estimate")
    cost: CostOut | None = Field(
        default=None, description="null where the price of a model that was asked is not known"
    )
    provider: str | None = Field(default=None, description="whose language model wrote it")
    model: str | None = Field(description="the language model that wrote it, else the one that is set")
    skipped: list[SkippedModelOut] = Field(default=[], description="those that were to write it before, and did not")
    fallback: str | None = Field(description="why the model's answer was not used")
    flags: list[FlagOut]
    topics: list[str] = Field(description="the nearest topics, where there is no answer")
    notes: list[str] = Field(description="what failed or was slow on the way")
    notices: list[str] = Field(description="the operator's notices: those for all, and those that close its stations")


class ModelOut(BaseModel):
    """A model at work, or what works in its place: `rules` decide, `extractive` quotes."""

    provider: str = Field(examples=["openai-like"])
    model: str | None
    health: Literal["untried", "ok", "timeout", "unreachable", "throttled", "refused", "failed", "empty"] = Field(
        description="how its last answer ended"
    )
    breaker: Literal["closed", "open", "half_open"] | None = Field(
        default=None, description="`open`: not asked for a while after several failures; `half_open`: tried once more"
    )


class EmbeddingModelOut(ModelOut):
    """What embeds the texts and questions of a language."""

    language: str


class ModelChoiceOut(BaseModel):
    """Somebody who can be asked to answer, by `provider` of a question or of a bot."""

    name: str = Field(examples=["openai-like"])
    provider: str = Field(examples=["openai-like"])
    model: str | None


class ChatProvidersOut(BaseModel):
    """Who embeds, who decides where an answer comes from, and who writes it: the first, else the next."""

    success: Literal[True] = True
    embedding: list[EmbeddingModelOut]
    reasoning: ModelOut
    answering: list[ModelOut]
    choices: list[ModelChoiceOut]


class ImageOut(BaseModel):
    """A picture of a document that the answer quotes."""

    url: str = Field(description="path on this service", examples=["/api/v1/help/images/dock-lock.svg"])
    alt: str = Field(description="what it shows, in the document's language")
    source: int = Field(description="the number of the source it belongs to", examples=[1])


class ChatResponse(BaseModel):
    """An answer. `response` is the same text as `answer`."""

    success: bool
    answer: str
    response: str
    sources: list[SourceOut]
    images: list[ImageOut] = Field(default_factory=list)
    metadata: ChatMetadata
    session_id: str
    error: str | None = None
