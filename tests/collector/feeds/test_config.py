from __future__ import annotations

import pytest

from collector.errors import ConfigError
from collector.feeds import FeedConfig, open_feed
from collector.feeds.gbfs.gbfs_feed import GbfsFeed
from collector.feeds.seoul.seoul_feed import SeoulFeed
from collector.feeds.simulated_city import SimulatedCity


class TestEnvironment:
    @pytest.mark.parametrize(
        ("environment", "feed"),
        [
            ({}, "simulated"),
            ({"SEOUL_API_KEY": "k"}, "seoul"),
            ({"GBFS_URL": "https://x/gbfs.json"}, "gbfs"),
            ({"SEOUL_API_KEY": "k", "GBFS_URL": "https://x"}, "seoul"),
            ({"SEOUL_API_KEY": "k", "FEED": "Simulated"}, "simulated"),
            ({"SEOUL_API_KEY": " ", "FEED": ""}, "simulated"),
        ],
    )
    def test_the_feed_follows_from_what_is_set(self, environment: dict[str, str], feed: str) -> None:
        assert FeedConfig.from_environment(environment).feed == feed

    def test_all_settings(self) -> None:
        config = FeedConfig.from_environment(
            {
                "FEED": "gbfs",
                "GBFS_URL": "https://x",
                "GBFS_HEADERS": '{"Authorization": "Bearer t"}',
                "GBFS_HEADER_HOSTS": "a.example, b.example",
                "GBFS_ALLOW_PRIVATE": "1",
                "FEED_SEED": "3",
                "FEED_TIMEOUT": "2.5",
                "FEED_BUDGET": "20",
            }
        )

        assert config.gbfs_headers == {"Authorization": "Bearer t"}
        assert (config.seed, config.timeout, config.budget) == (3, 2.5, 20)
        assert (config.gbfs_header_hosts, config.gbfs_allow_private) == (("a.example", "b.example"), True)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("FEED", "london"),
            ("GBFS_HEADERS", "Authorization: x"),
            ("GBFS_HEADERS", '{"a": 1}'),
            ("FEED_SEED", "seven"),
            ("FEED_TIMEOUT", "0"),
        ],
    )
    def test_nonsense_is_named(self, name: str, value: str) -> None:
        with pytest.raises(ConfigError, match=name):
            FeedConfig.from_environment({name: value})


class TestOpenFeed:
    def test_each_feed(self) -> None:
        seoul, gbfs = open_feed(FeedConfig("seoul", "key")), open_feed(FeedConfig("gbfs", gbfs_url="https://x/gbfs"))

        assert isinstance(seoul, SeoulFeed)
        assert isinstance(gbfs, GbfsFeed)
        assert isinstance(open_feed(FeedConfig("simulated", seed=3)), SimulatedCity)
        seoul.close()
        gbfs.close()

    @pytest.mark.parametrize(
        ("feed", "named"), [("seoul", "SEOUL_API_KEY"), ("gbfs", "GBFS_URL"), ("replay", "replay")]
    )
    def test_what_is_missing_is_named(self, feed: str, named: str) -> None:
        with pytest.raises(ConfigError, match=named):
            open_feed(FeedConfig(feed))
