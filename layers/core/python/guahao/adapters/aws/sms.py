"""SMS through SNS."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from guahao.adapters.aws.clients import client
from guahao.domain.errors import Unavailable
from guahao.domain.wording import Text, worded


class SnsSms:
    """Texts to mainland numbers, sent as transactional: they come first and at any hour; see `ports.notices.Sms`."""

    def send(self, phone: str, text: Text) -> None:
        """Hand the text to the operator, or raise Unavailable if it was surely not taken.

        SNS does not recognise a repeat: one attempt, and an answer that never came counts as a yes.
        """
        sns = client("sns", attempts=1)
        # The far side may have given up a connection while this process was frozen: its reset would count as sent.
        sns.close()
        kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        try:
            sns.publish(PhoneNumber=f"+86{phone}", Message=worded(text), MessageAttributes=kind)
        except (ReadTimeoutError, ConnectionClosedError):
            return
        except (BotoCoreError, ClientError) as error:
            # SNS names the phone in its errors, so they stay out of the chain that the log shows.
            reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            raise Unavailable(f"The SMS service took no message ({reason}). Try again in a minute.") from None
