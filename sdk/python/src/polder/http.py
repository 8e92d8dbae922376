"""Requests over HTTP, to where a connection leads that the plugin may use: nothing else goes out.

>>> text = get("https://api.example.com/v1/rates?day=2013-01-05").ok().text()
>>> request("POST", "https://api.example.com/v1/reports", {"content-type": "application/json"}, b"{}").ok()

A secret that the connection does not add itself goes out as what ``polder.secrets.placeholder`` gives. Redirects are
answers like others: their place is asked for by a request of its own.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from . import host
from .error import Denied, Failed, Invalid, Limit

_types = host.interface("types")
_streams = host.interface("streams")
_outgoing = host.interface("outgoing_handler")

#: Bytes that are asked for at once.
_PART = 1 << 20

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
_REFUSALS = {
    "HttpRequestDenied": Denied,
    "DestinationIpProhibited": Denied,
    "ConnectionLimitReached": Limit,
    "HttpRequestBodySize": Limit,
    "HttpResponseBodySize": Limit,
    "HttpRequestUriInvalid": Invalid,
    "HttpRequestMethodInvalid": Invalid,
}


def get(url: str, headers: Mapping[str, str] | None = None) -> Response:
    """Asks for what is at a URL."""
    return request("GET", url, headers)


def request(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | str = b"",
    connection: str | None = None,
) -> Response:
    """Sends a request, and waits for the answer to begin. Any status is an answer: see :meth:`Response.ok`.

    Args:
        method: In upper case.
        url: With its scheme.
        connection: The connection, where several lead to the same place.

    Raises:
        Denied: If it may not go there; why, and which grant would allow it, is in the log.
    """
    named = {**(headers or {}), **({"polder-connection": connection} if connection else {})}
    try:
        outgoing = _request(method, url, [(name, value.encode()) for name, value in named.items()])
        waiting = outgoing.body() if body else None
        coming = _outgoing.handle(outgoing, None)
        if waiting is not None:
            _send(waiting, body.encode() if isinstance(body, str) else body)
        while (answer := coming.get()) is None:
            with coming.subscribe() as ready:
                ready.block()
        return Response(_taken(_taken(answer)))
    except Exception as error:
        raise _refused(error, url) from None


def _taken(result: Any) -> Any:
    """The value of a result; its error is raised."""
    if type(result).__name__ == "Err":
        raise result
    return result.value


def _request(method: str, url: str, headers: list[tuple[str, bytes]]) -> Any:
    scheme, found, rest = url.partition("://")
    if not found:
        raise Invalid(f"there is no scheme in the URL {url}")
    ends = [place for place in map(rest.find, "/?#") if place >= 0]
    authority, path = rest[: min(ends, default=len(rest))], rest[min(ends, default=len(rest)) :].partition("#")[0]
    outgoing = _types.OutgoingRequest(_types.Fields.from_list(headers))
    known = getattr(_types, f"Method_{method.capitalize()}") if method in _METHODS else None
    outgoing.set_method(known() if known else _types.Method_Other(method))
    schemes = {"https": _types.Scheme_Https, "http": _types.Scheme_Http}
    outgoing.set_scheme(schemes[scheme]() if scheme in schemes else _types.Scheme_Other(scheme))
    outgoing.set_authority(authority)
    outgoing.set_path_with_query(path if path.startswith("/") else f"/{path}")
    return outgoing


def _send(outgoing: Any, body: bytes) -> None:
    """Sends a body. Whoever answers before it has ended has something to say: that is what counts."""
    try:
        with outgoing.write() as stream:
            while body:
                room = min(stream.check_write(), len(body))
                if room:
                    stream.write(body[:room])
                    body = body[room:]
                else:
                    with stream.subscribe() as ready:
                        ready.block()
            stream.flush()
        _types.OutgoingBody.finish(outgoing, None)
    except Exception as error:
        if not hasattr(error, "value"):
            raise


def _refused(error: Exception, url: str) -> Exception:
    """Only codes cross the border: the words are in the log."""
    if not hasattr(error, "value"):
        return error
    code = type(error.value).__name__.removeprefix("ErrorCode_")
    kind = _REFUSALS.get(code, Failed)
    return kind(f"the request to {url} has no answer: {code}")


class Response(io.RawIOBase):
    """An answer. Its body comes as it is read."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status()
        with response.headers() as fields:
            #: All headers, in order.
            self.headers: list[tuple[str, bytes]] = fields.entries()
        # A stream ends before its body, and that before the answer: in this order they are dropped.
        self._response = response
        self._body = response.consume()
        self._stream = self._body.stream()
        self._part = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        for header, value in self.headers:
            if header.lower() == name.lower():
                return value.decode("utf-8", "replace")
        return None

    def ok(self) -> Response:
        """The answer, if its status is a success.

        Raises:
            Failed: For any other status.
        """
        if 200 <= self.status < 300:
            return self
        raise Failed(f"the answer has the status {self.status}")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._part:
            try:
                self._part = self._stream.blocking_read(_PART)
            except Exception as error:
                value = getattr(error, "value", None)
                if type(value).__name__ == "StreamError_Closed":
                    return 0
                if value is None:
                    raise
                raise Failed(value.value.to_debug_string()) from None
        count = min(len(buffer), len(self._part))
        buffer[:count] = self._part[:count]
        self._part = self._part[count:]
        return count

    def bytes(self) -> bytes:
        """The whole body."""
        return self.readall()

    def text(self) -> str:
        """The whole body as text in UTF-8."""
        return self.bytes().decode()

    def json(self) -> Any:
        """The whole body as JSON."""
        return json.loads(self.bytes())

    def close(self) -> None:
        for handle in ("_stream", "_body", "_response"):
            held = self.__dict__.pop(handle, None)
            if held is not None:
                held.__exit__(None, None, None)
        super().close()
