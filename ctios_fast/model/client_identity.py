"""ClientIdentity: who the client is to the CTI Server. OPEN_REQ carries it."""

from typing import Any, Final

from ctios_fast.core.secret import Secret

from .coercion import refuse, text

__all__ = ["ClientIdentity"]

#: Characters that ClientID, ClientPassword and ClientSignature may have.
_MAX_LENGTH: Final = 63


class ClientIdentity:
    """``client_id``, ``client_signature`` and ``client_password`` of the next opening.

    Raises ``MethodError`` for a value that cannot be used, when it is made and when one is set.
    """

    def __init__(self, client_id: Any, client_password: Secret, client_signature: Any) -> None:
        if len(client_password.reveal()) > _MAX_LENGTH:
            raise refuse(f"client_password must have at most {_MAX_LENGTH} characters")
        self.client_password = client_password
        self.client_signature = client_signature
        self.client_id = client_id

    @property
    def client_id(self) -> str:
        """The ClientID."""
        return self._client_id

    @client_id.setter
    def client_id(self, client_id: Any) -> None:
        self._client_id = text("client_id", client_id, _MAX_LENGTH, empty=False)

    @property
    def client_signature(self) -> str | None:
        """The ClientSignature, None for none."""
        return self._client_signature

    @client_signature.setter
    def client_signature(self, signature: Any) -> None:
        self._client_signature = (
            None if signature is None else text("client_signature", signature, _MAX_LENGTH)
        )
