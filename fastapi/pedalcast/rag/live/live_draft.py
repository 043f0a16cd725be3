"""A live answer while it is put together: its sentences, and the stations' data as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pedalcast.rag.grounding.citations import Evidence
from pedalcast.rag.live.sentence_templates import Moment, forecast_sentence, model_sentence, now_sentence
from pedalcast.rag.live.station_messages import station_message
from pedalcast.rag.live.types import LiveForecast, LiveStation
from pedalcast.rag.types import Passage

BOT = "live"  # no document lives under this name


@dataclass(slots=True)
class LiveDraft:
    """An answer being put together."""

    lang: str
    moment: Moment
    sentences: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def marks(self) -> str:
        """The markers of all stations cited so far."""
        return "".join(f"[{n}]" for n in range(1, len(self.evidence) + 1))

    def cite(self, station: LiveStation, forecast: LiveForecast | None, *said: str, counted: str = "") -> str:
        """The station's marker; its data becomes evidence, with what is `said` of how far it is. `counted` is how its
        counts are said, where that is not the usual sentence."""
        lines = [counted or now_sentence(station, self.moment, self.lang), *said]
        self.evidence.append(_evidence(station, forecast, self.moment, self.lang, lines))
        return f"[{len(self.evidence)}]"


def _evidence(
    station: LiveStation, forecast: LiveForecast | None, moment: Moment, lang: str, said: Sequence[str]
) -> Evidence:
    """Everything known of a station, in sentences: what the answer is checked against and the source shows."""
    lines = list(said)
    if forecast is not None:
        lines += [forecast_sentence(horizon, moment, lang) for horizon in forecast.horizons]
        lines += [model_sentence(forecast, moment, lang)]
        lines += (
            [station_message("reach", lang, minutes=max(h.minutes for h in forecast.horizons))]
            if forecast.horizons
            else []
        )
    text = "\n".join(lines)
    passage = Passage(
        chunk_id=f"station:{station.id}", document_id=f"station:{station.id}", title=station.name_in(lang),
        url=f"/api/v1/realtime/stations/{station.id}", page=None, lang=lang, text=text, start=0, end=len(text),
        bot_id=BOT, score=1.0,
    )  # fmt: skip
    return Evidence(passage, "station", station.observed_at)
