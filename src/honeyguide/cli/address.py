"""Where a server listens: found out before anything is started."""

import socket

from honeyguide.cli.errors import Failed


def check_free(host: str, port: int) -> None:
    """Fail with a line if nobody can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise Failed(
                f"{host}:{port} cannot be listened on ({error.strerror}): stop what uses it, or choose another --port"
            ) from error
