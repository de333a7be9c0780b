"""Fetches one wheel, resumably, from wherever pip is configured to look.

usage: fetch-wheel.py PACKAGE VERSION SHA256 FILE

pip finds the wheel and makes the connection, so that its indexes, links, credentials, proxies and certificates hold.
The bytes go to FILE, where those of an earlier attempt are continued if the server gives ranges; pip itself
resumes at most within one call (--resume-retries, from 25.1 on). FILE is whole when this ends with 0.

Standard output has a line for each thing that happens:
    waiting            another process fetches the same file
    continuing AT      AT bytes are there already
    anew REASON        what was there is of no use
    fetched AT TOTAL   so much is there; TOTAL is - where the server does not say
    failed REASON      the last line, with status 1
    mismatch SHA256    what the index has is another file; the last line, with status 1
Status 3 means that pip is missing, 4 that this pip has other insides than are known here.
"""

import fcntl
import hashlib
import os
import sys
import time

CHUNK = 256 * 1024
# How often a broken connection is made anew in one call, and the pauses before, in seconds.
PAUSES = [0.5, 1.0, 2.0]


class Failed(Exception):
    pass


class Interrupted(Exception):
    """The connection ended before the file did."""


def say(*words):
    print(*words, flush=True)


def locked(path):
    """The file, open for reading and appending, and this process's alone."""
    while True:
        file = open(path, "a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if os.fstat(file.fileno()).st_ino == os.stat(path).st_ino:
                return file
        except FileNotFoundError:
            pass
        file.close()  # removed by the process that had it


def digest(file):
    file.seek(0)
    sha256 = hashlib.sha256()
    while block := file.read(1 << 20):
        sha256.update(block)
    return sha256.hexdigest()


def find(package, version, sha256, command):
    """pip's link to the wheel and its session."""
    arguments = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", package]
    options, _ = command.parse_args(arguments)
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    found = [c for c in finder.find_all_candidates(package) if str(c.version) == version and c.link.is_wheel]
    if not found:
        raise Failed(f"no index or folder that pip is configured with has a wheel of {package} {version}")
    # Where several have it, the one that says it is the wanted file.
    found.sort(key=lambda candidate: candidate.link.hash == sha256)
    return found[-1].link, session


def copy(link, file):
    """From a folder: nothing is gained by continuing."""
    file.truncate(0)
    total = os.path.getsize(link.file_path)
    with open(link.file_path, "rb") as source:
        while block := source.read(1 << 20):
            file.write(block)
    file.flush()
    say("fetched", total, total)


def download(link, session, file):
    """What the server has beyond the bytes that are there; all of it if it does not give ranges."""
    at = file.seek(0, os.SEEK_END)
    headers = {"Accept-Encoding": "identity"}
    if at:
        headers["Range"] = f"bytes={at}-"
    with session.get(link.url_without_fragment, headers=headers, stream=True) as answer:
        if answer.status_code == 416:
            say("anew", "the server has no such part of the file")
            file.truncate(0)
            raise Interrupted("the server refused the range")
        answer.raise_for_status()
        length = answer.headers.get("Content-Length", "")
        total = at + int(length) if length.isdigit() else None
        if at:
            if answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {at}-"):
                say("continuing", at)
            else:
                say("anew", "the server does not give parts of files")
                file.truncate(0)
                total = total - at if total else None
                at = 0
        said = 0.0
        for block in answer.raw.stream(CHUNK, decode_content=False):
            file.write(block)
            file.flush()
            at += len(block)
            if time.monotonic() - said > 0.1:
                said = time.monotonic()
                say("fetched", at, total or "-")
    if total is not None and at < total:
        raise Interrupted(f"it ended after {at} of {total} bytes")
    say("fetched", at, total or at)


def persistently(link, session, file):
    if link.is_file:
        return copy(link, file)
    for pause in [*PAUSES, None]:
        try:
            return download(link, session, file)
        except (BrokenPipeError, KeyboardInterrupt):
            raise
        except Exception as error:  # of requests, of urllib3, or of the socket, all as pip has vendored them
            status = getattr(getattr(error, "response", None), "status_code", 500)
            if pause is None or status in (401, 403, 404):
                raise Failed(f"{link.filename}: {error}") from error
            time.sleep(pause)


def fetch(package, version, sha256, path, command):
    with locked(path) as file:
        size = file.seek(0, os.SEEK_END)
        if size and digest(file) == sha256:
            return say("fetched", size, size)
        link, session = find(package, version, sha256, command)
        persistently(link, session, file)
        actual = digest(file)
        if actual != sha256 and size:
            say("anew", "what was there was not the beginning of the file")
            file.truncate(0)
            persistently(link, session, file)
            actual = digest(file)
        if actual != sha256:
            os.remove(path)
            say("mismatch", actual)
            sys.exit(1)


def main():
    try:
        from pip._internal.commands import create_command
    except ModuleNotFoundError as error:
        sys.exit(3 if error.name == "pip" else 4)
    except ImportError:
        sys.exit(4)
    command = create_command("download")
    if not all(hasattr(command, name) for name in ["main_context", "get_default_session", "_build_package_finder"]):
        sys.exit(4)
    with command.main_context():
        fetch(*sys.argv[1:5], command)


try:
    main()
except (BrokenPipeError, KeyboardInterrupt):
    # Nobody listens any more. What is there stays, for the next attempt.
    os._exit(1)
except Exception as error:
    say("failed", " ".join(str(error).split()) or type(error).__name__)
    sys.exit(1)
