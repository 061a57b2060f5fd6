"""The S3 API of a target as far as restic does not serve it: small clear objects beside the repositories.

Requests are signed with AWS Signature Version 4 (AWS General Reference, "Create a signed AWS API request").
"""

import base64
import hashlib
import hmac
import json
import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from repository.store_certificate import UNTRUSTED_NEXT, trusting
from runtime.failure import Failure
from runtime.request import RepositoryAccess
from runtime.state_files import write_file

TIMEOUT_SECONDS = 30
IDENTITY_FILE = "identity.json"
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class S3Objects:
    """What lies below one path of a bucket."""

    def __init__(self, access: RepositoryAccess) -> None:
        """access: its url is "s3:https://HOST/BUCKET/PATH". Raises Failure "request" for another."""
        parts = urlsplit(access.url.removeprefix("s3:"))
        bucket, _, path = parts.path.strip("/").partition("/")
        if not access.url.startswith("s3:") or not parts.netloc or not bucket:
            raise Failure("request", "Cannot read the request", f"{access.url} is no bucket", "The program that called this is wrong: report it")
        self._access = access
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.netloc
        self._bucket = bucket
        self._path = f"{path}/" if path else ""

    def put(self, name: str, text: str) -> None:
        """Writes an object. Raises Failure "unreachable", "tls", "credentials" or "store"."""
        self._request("PUT", f"{self._bucket}/{self._path}{name}", {}, text.encode())

    def get(self, name: str) -> str:
        """Reads an object. Raises Failure like put, and "absent" when there is none."""
        return self._request("GET", f"{self._bucket}/{self._path}{name}", {}).decode()

    def folders(self) -> list[str]:
        """The names up to the next slash, sorted. Raises Failure like put."""
        found: list[str] = []
        token = ""
        while True:
            query = {"list-type": "2", "delimiter": "/", "prefix": self._path, **({"continuation-token": token} if token else {})}
            names, token = parse_listing(self._request("GET", self._bucket, query), self._path)
            found += names
            if not token:
                return sorted(found)

    def _request(self, method: str, path: str, query: dict[str, str], body: bytes = b"") -> bytes:
        canonical_query = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in sorted(query.items()))
        canonical_path = f"/{quote(path, safe='/-_.~')}"
        headers = sign(self._access, self._host, method, canonical_path, canonical_query, body, time.time())
        url = f"{self._origin}{canonical_path}{'?' if canonical_query else ''}{canonical_query}"
        context = trusting(self._access.ca_certificate)
        try:
            if method == "PUT":
                # A bucket with Object Lock takes nothing without it.
                headers["content-md5"] = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
            request = urllib.request.Request(url, data=body if method == "PUT" else None, headers=headers, method=method)
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=context) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from error
        except OSError as error:
            # In the words for what restic says of the same certificate.
            is_refused = isinstance(error, urllib.error.URLError) and isinstance(error.reason, ssl.SSLCertVerificationError)
            code, cure = (
                ("tls", UNTRUSTED_NEXT)
                if is_refused
                else ("unreachable", "Check the network between this host and the store, and the store itself")
            )
            raise Failure(code, f"Cannot reach the store of {self._access.url}", str(error), cure) from error

    def _refusal(self, error: urllib.error.HTTPError) -> Failure:
        code = "absent" if error.code == 404 else "credentials" if error.code in (401, 403) else "store"
        cure = {
            "absent": "Check the target's bucket and prefix",
            "credentials": "Check the target's access key: it was revoked, or its policy does not allow this",
            "store": "Look at the store: it answers, and cannot do this",
        }[code]
        return Failure(code, f"Cannot use the store of {self._access.url}", f"it answered {error.code} {error.reason}", cure)


def parse_listing(answer: bytes, path: str) -> tuple[list[str], str]:
    """The folders that ListObjectsV2 names below a path, and the token for the rest; "" when there is none."""
    root = ElementTree.fromstring(answer)
    prefixes = [each.text or "" for each in root.iter(f"{_NAMESPACE}Prefix")]
    return [each[len(path) :].rstrip("/") for each in prefixes if each != path], root.findtext(f"{_NAMESPACE}NextContinuationToken") or ""


def sign(access: RepositoryAccess, host: str, method: str, path: str, query: str, body: bytes, now: float) -> dict[str, str]:
    """The headers of a signed request. path, query: in their canonical form. now: Unix time."""
    moment = time.gmtime(now)
    stamp, day = time.strftime("%Y%m%dT%H%M%SZ", moment), time.strftime("%Y%m%d", moment)
    digest = hashlib.sha256(body).hexdigest()
    signed = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    names = ";".join(signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
    canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"
    scope = f"{day}/{access.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{access.secret_access_key}".encode()
    for part in (day, access.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{access.access_key_id}/{scope}"
    return {**signed, "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"}


def note_identity(access: RepositoryAccess, folder: Path, identity: dict[str, Any]) -> None:
    """Says in clear, beside a repository in a bucket, whose it is: whoever has lost the stack's state finds it by that.

    folder: where it is noted what was said last, so that it is not said again.
    """
    if not access.url.startswith("s3:"):
        return
    text = json.dumps(identity, indent=2) + "\n"
    written = folder / IDENTITY_FILE
    if written.exists() and written.read_text() == f"{access.url}\n{text}":
        return
    S3Objects(access).put(IDENTITY_FILE, text)
    write_file(written, f"{access.url}\n{text}")


def identity_of(objects: S3Objects, volume_id: str) -> dict[str, Any]:
    """What the identity file of a volume says: {volume, name, stack, host}; the volume alone when there is none."""
    try:
        found = json.loads(objects.get(f"{volume_id}/{IDENTITY_FILE}"))
        return {"volume": volume_id, **{key: str(found.get(key, "")) for key in ("name", "stack", "host")}}
    except (Failure, ValueError) as error:
        if isinstance(error, Failure) and error.code != "absent":
            raise
        return {"volume": volume_id, "name": "", "stack": "", "host": ""}
