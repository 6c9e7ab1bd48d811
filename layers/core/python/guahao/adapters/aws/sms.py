"""SMS through SNS."""

from __future__ import annotations

from guahao.adapters.aws.clients import answering, client


class SnsSms:
    """Texts to mainland numbers, sent as transactional: they come first and at any hour."""

    def send(self, phone: str, text: str) -> None:
        """Hand the text to the operator for an 11-digit mainland number, or raise Unavailable."""
        kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        with answering("The SMS service"):
            client("sns").publish(PhoneNumber=f"+86{phone}", Message=text, MessageAttributes=kind)
