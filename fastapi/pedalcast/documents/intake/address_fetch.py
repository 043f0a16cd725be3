"""Files fetched by their address, from public hosts alone.

Each name is resolved here and the connection goes to the address that was judged, so that a name cannot mean another
host a moment later. Redirects are judged like first addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import httpcore
import httpx

from collector.errors import FeedError
from collector.transport.addresses import AddressPolicy
from collector.transport.deadline import Deadline
from collector.transport.sockets import AddressRefusedError, BoundedBackend, RequestLimit, TooManyBytesError
from collector.transport.urls import parsed_url, redirected
from pedalcast.documents.errors import DocumentAddressError
from pedalcast.documents.intake.received_file import ReceivedFile, received

MAX_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (("User-Agent", "pedalcast/1"), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
_TOO_LARGE = DocumentAddressError("too_large", "The file is too large.")


def public_only() -> AddressPolicy:
    """Neither loopback nor private, link-local or cloud metadata addresses."""
    return AddressPolicy("")


class AddressFetcher:
    """`most_bytes` is how large a file may be; `policy` says which addresses may be connected to."""

    def __init__(self, most_bytes: int, policy: Callable[[], AddressPolicy] = public_only) -> None:
        self._most_bytes, self._policy = most_bytes, policy

    def fetch(self, url: str, folder: Path, seconds: float) -> ReceivedFile:
        """The file, in `folder`. Raises `DocumentAddressError`."""
        limit = RequestLimit()
        limit.begin(Deadline(seconds))
        backend = BoundedBackend(self._policy(), limit)
        path = folder / "fetched"
        try:
            with (
                httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend) as pool,
                path.open("wb") as file,
            ):
                target = self._follow(pool, parsed_url(url), file.write)
        except AddressRefusedError:
            raise DocumentAddressError("address_refused", "The address is not on a public host.") from None
        except FeedError:
            raise DocumentAddressError("bad_address", "The address is not one of http:// or https://.") from None
        except httpcore.TimeoutException:
            raise DocumentAddressError("address_timeout", "The host did not answer in time.") from None
        except TooManyBytesError:
            raise _TOO_LARGE from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError):
            raise DocumentAddressError("address_unreachable", "The host could not be asked.") from None
        return received(path, unquote(target.path.rpartition("/")[2]) or target.host)

    def _follow(self, pool: httpcore.ConnectionPool, target: httpx.URL, write: Callable[[bytes], object]) -> httpx.URL:
        """Write the body at the end of the redirects; where that was."""
        for _ in range(MAX_REDIRECTS + 1):
            if target.userinfo:
                raise DocumentAddressError("bad_address", "The address carries a password.")
            url = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
            headers = [("Host", target.netloc.decode("ascii")), *_HEADERS]
            with pool.stream("GET", url, headers=headers) as response:
                places = [value.decode("latin-1") for name, value in response.headers if name.lower() == b"location"]
                if response.status in _REDIRECTS and places:
                    target = redirected(target, places[0])
                    continue
                if response.status != 200:
                    raise DocumentAddressError("address_status", f"The host answered HTTP {response.status}.")
                size = 0
                for piece in response.iter_stream():
                    size += len(piece)
                    if size > self._most_bytes:
                        raise _TOO_LARGE
                    write(piece)
                return target
        raise DocumentAddressError("redirects", "The address redirects without end.")
