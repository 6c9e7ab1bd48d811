"""SMS through SNS."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

from guahao.adapters.aws.clients import client
from guahao.domain.errors import SmsRefused, Unavailable
from guahao.domain.notices.wording import Text, worded

# What asking again cannot change.
_LASTING = {"InvalidParameter", "InvalidParameterValue", "OptedOut"}


class SnsSms:
    """Sends SMS to mainland numbers as transactional: first in line and at any hour; see `ports.notices.notices.Sms`."""

    def send(self, phone: str, text: Text) -> None:
        """Hand the text to the operator, or raise Unavailable or SmsRefused if it was surely not taken.

        SNS does not recognise a repeat, so there is one attempt, and a missing answer counts as success.
        """
        sns = client("sns", attempts=1)
        # A new connection each time: an old one may be dead after this process was frozen, and its reset would count as sent.
        sns.close()
        kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        try:
            sns.publish(PhoneNumber=f"+86{phone}", Message=worded(text), MessageAttributes=kind)
        except (ReadTimeoutError, ConnectionClosedError):
            return
        except (BotoCoreError, ClientError) as error:
            # SNS writes the phone number into its errors, so the log must not show them.
            reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            if reason in _LASTING:
                raise SmsRefused(reason) from None
            raise Unavailable(f"The SMS service took no message ({reason}). Try again in a minute.") from None
