"""Hypothesis: snapshots of every shape, and JSON of any."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from collector.snapshot import Snapshot, Station, System, window_of

INT16 = st.integers(0, 32767)
SECONDS = st.integers(0, 4_000_000_000)
MOMENTS = SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)

STATIONS = st.builds(
    Station,
    id=TEXT,
    name=TEXT,
    bikes=INT16,
    docks=st.none() | INT16,
    lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180),
    capacity=st.none() | INT16,
    renting=st.booleans(),
    returning=st.booleans(),
    installed=st.booleans(),
    ebikes=st.none() | INT16,
    reported_at=st.none() | MOMENTS,
    names=st.dictionaries(st.sampled_from(["ko", "en"]), TEXT),
)

SNAPSHOTS = st.builds(
    Snapshot,
    system=st.builds(System, id=TEXT, name=TEXT, timezone=st.just("Asia/Seoul"), language=st.just("ko")),
    window=MOMENTS.map(window_of),
    observed_at=MOMENTS,
    stations=st.lists(STATIONS, max_size=12, unique_by=lambda station: station.id).map(tuple),
    partial=st.booleans(),
    rejected=st.dictionaries(TEXT, st.integers(1, 99), max_size=3),
    frozen=st.booleans(),
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def near(good: dict[str, object]) -> st.SearchStrategy[object]:
    """Records like `good` with some values replaced by anything, or missing; or no record at all."""
    some = {name: st.just(value) | JSON for name, value in good.items()}
    return st.fixed_dictionaries({}, optional=some) | st.fixed_dictionaries(some) | JSON
