"""An order and an identity whose user is to hear of them."""

from __future__ import annotations

from guahao.contracts.messages import IdentityNotice, IdentityNoticeKind, NoticeKind, OrderNotice
from guahao.domain.booking.orders import Order, place
from guahao.domain.hospitals.partner_calls import HospitalRecord
from guahao.domain.payment.payment import Trade, TradeState
from guahao.domain.people.accounts import Language
from guahao.domain.people.identity import Identity
from guahao.usecases.notices.sms import Notices
from tests.builders import AT_VISIT, NOW, patient, schedule, user
from tests.fakes.accounts import FakeAccounts
from tests.fakes.booking import FakeOrders
from tests.fakes.clock import FakeClock
from tests.fakes.identity import FakeIdentities
from tests.fakes.notices import FakeSentNotices, FakeSms
from tests.fakes.suspensions import FakeOffers
from tests.fakes.vault import FakeVault
from tests.unit.test_order_states import HOLD


class World:
    def __init__(self) -> None:
        self.orders, self.sms, vault = FakeOrders(), FakeSms(), FakeVault()
        accounts = FakeAccounts({"u1": user(sealed_phone=vault.seal("13800000001"))})
        self.identities = FakeIdentities(accounts)
        self.offers = FakeOffers()
        self.clock = FakeClock(NOW)
        self.notices = Notices(self.orders, self.identities, accounts, FakeSentNotices(), self.offers, self.sms, vault, self.clock)
        self.accounts = accounts
        order = place(schedule(), 7, order_id="o1", patient=patient(), now=NOW, hold=HOLD)
        paid = order.open_payment(NOW).pay(Trade("o1", TradeState.PAID, 5000, "t1", NOW), NOW)
        self.set(paid.with_record(HospitalRecord("r1", AT_VISIT, "门诊楼一层1号窗")))

    def set(self, order: Order) -> None:
        self.orders.orders["o1"] = order

    def send(self, kind: NoticeKind = NoticeKind.PAID) -> None:
        self.notices.send(OrderNotice(order_id="o1", kind=kind))

    def text(self, kind: NoticeKind = NoticeKind.PAID) -> str:
        self.send(kind)
        return self.sms.sent[-1][1]

    def change_language(self, language: Language) -> None:
        """Let the user of every notice choose the language."""
        [before] = self.accounts.users.values()
        self.accounts.change(before, before.with_language(language))

    def decide(self, approved: bool, reason: str = "") -> Identity:
        """Put a decided identity of the user into its store."""
        identity = an_identity().decide(approved, reason, "auditor", NOW)
        self.identities.identities["u1"] = identity
        return identity

    def tell(self, identity: Identity) -> None:
        """Ask for the notice of the decision on the identity."""
        kind = IdentityNoticeKind(identity.state.value)
        self.notices.send(IdentityNotice(user_id=identity.user_id, submission_id=identity.submission_id, kind=kind))


def an_identity() -> Identity:
    return Identity("u1", "s1", "林三", patient().certificate, "photos/u1/p/s1.png", NOW)
