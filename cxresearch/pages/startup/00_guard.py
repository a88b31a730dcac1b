"""Runs first in each kernel that serves findings: reads stay in the bundle and the environment.

The audit hook catches accidents (a path that wanders out of the bundle), not hostile native code.
Tracebacks are replaced by the exception's type: a traceback can carry words of a respondent.
"""

import os
import sys


def _close_the_doors() -> None:
    bundle = os.path.realpath(os.environ["CXRESEARCH_BUNDLE"])
    # where Python, its packages, the system's libraries and the kernel's own files live
    folders = {
        bundle,
        sys.prefix,
        sys.base_prefix,
        os.environ["IPYTHONDIR"],
        os.environ["CXRESEARCH_PACKAGE"],
        *os.environ["CXRESEARCH_READABLE"].split(os.pathsep),
    }
    system = ("/usr/", "/lib", "/etc/", "/proc/self/", "/dev/", "/sys/")
    readable = (*(os.path.realpath(folder) + os.sep for folder in folders if folder), *system)
    forbidden = {"os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.fork"}

    def hook(event: str, arguments: tuple) -> None:
        if event in forbidden:
            raise PermissionError("a findings page starts no program")
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not (path + os.sep).startswith(readable):
                raise PermissionError("a findings page reads its bundle only")

    sys.addaudithook(hook)


def _hide_tracebacks() -> None:
    shell = get_ipython()  # type: ignore[name-defined]  # noqa: F821

    def only_the_type(kind: type[BaseException] | None) -> None:
        name = "Error" if kind is None else kind.__name__
        # Voila drops what goes to stderr: a reader shall see that something is missing
        print(f"Tätä kohtaa ei voi näyttää. This part of the page can't be shown. ({name})")

    # set on the instance: ipykernel's own instance attribute would shadow one on the class
    shell._showtraceback = lambda kind, value, lines: only_the_type(kind)
    shell.showtraceback = lambda *given, **named: only_the_type(sys.exc_info()[0])


def _forget_the_visitor() -> None:
    """A kernel made in advance carries the address of an earlier visit: nobody may see it."""
    asked = ("QUERY_STRING", "PATH_INFO", "SCRIPT_NAME", "SERVER_", "VOILA_", "REQUEST_", "HTTP_")
    for name in [n for n in os.environ if n.startswith(asked)]:
        del os.environ[name]


_forget_the_visitor()
_close_the_doors()
_hide_tracebacks()
