import pytest

from collector.errors import ConfigError
from collector.storage.redis_address import redis_address
from collector.storage.redis_client import redis_client


class TestAddress:
    @pytest.mark.parametrize(
        ("environment", "address"),
        [
            ({}, None),
            ({"REDIS_PORT": "6379"}, None),
            ({"REDIS_HOST": "cache"}, "redis://cache:6379/0"),
            ({"REDIS_HOST": "cache", "REDIS_PORT": "7000", "REDIS_DB": "3"}, "redis://cache:7000/3"),
            ({"REDIS_HOST": "::1", "REDIS_PASSWORD": "p@s/s"}, "redis://:p%40s%2Fs@[::1]:6379/0"),
            ({"REDIS_HOST": "cache", "REDIS_USERNAME": "u", "REDIS_TLS": "true"}, "rediss://u:@cache:6379/0"),
            (
                {"REDIS_HOST": "cache", "REDIS_TLS": "1", "REDIS_SSL_CA_CERTS": "/etc/ca.pem"},
                "rediss://cache:6379/0?ssl_ca_certs=%2Fetc%2Fca.pem",
            ),
            ({"REDIS_HOST": "cache", "REDIS_URL": "redis://other/1"}, "redis://other/1"),
        ],
    )
    def test_is_made_of_the_parts(self, environment: dict[str, str], address: str | None) -> None:
        assert redis_address(environment) == address

    def test_certificates_and_password_reach_the_client_as_they_are(self) -> None:
        parts = {"REDIS_HOST": "cache", "REDIS_TLS": "yes", "REDIS_PASSWORD": "p@s/s", "REDIS_SSL_CA_CERTS": "/a b.pem"}
        address = redis_address(parts)
        assert address is not None
        with redis_client(address) as client:
            options = client.connection_pool.connection_kwargs
        assert (options["password"], options["ssl_ca_certs"]) == ("p@s/s", "/a b.pem")

    def test_a_port_that_is_an_address_is_refused_by_name(self) -> None:
        with pytest.raises(ConfigError, match=r"^REDIS_PORT: it must be a number$"):
            redis_address({"REDIS_HOST": "cache", "REDIS_PORT": "tcp://10.0.0.7:6379"})
