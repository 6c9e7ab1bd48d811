"""SMS are short: one part with names of usual length, two whatever the names are, and worded as carriers let them pass."""

from __future__ import annotations

import re
from itertools import product

import pytest

from guahao.domain.notices.lengths import parts, units
from guahao.domain.notices.wording import REFUNDS, SIGNATURE, WORDING, Template, text_of, values_of, worded
from guahao.domain.people.accounts import Language

FIXED = {"code": "024680", "minutes": "5", "number": "12", "checkInAt": "09:00"}
USUAL = FIXED | {
    "patient": "王小明",
    "hospital": "北京协和医院",
    "department": "神经内科",
    "checkInPlace": "门诊楼一层1号窗",
    "reason": "证件照片不清晰",
}
OF_LANGUAGE = {
    Language.CHINESE: {
        "day": "12月25日上午",
        "quitUntil": "12月24日09:00",
        "doctor": "主任医师王建国",
        "refund": max(REFUNDS[Language.CHINESE].values(), key=len),
        "instead": "12月26日下午主任医师李建军",
    },
    Language.ENGLISH: {
        "day": "25 Dec am",
        "quitUntil": "24 Dec 09:00",
        "doctor": "王建国",
        "refund": max(REFUNDS[Language.ENGLISH].values(), key=len),
        "instead": "26 Dec pm 李建军",
    },
}
NAMES = ("patient", "hospital", "department", "doctor", "checkInPlace", "instead", "reason")
EVERY = list(product(Language, Template))


@pytest.mark.parametrize(("language", "template"), EVERY)
def test_a_text_with_names_of_usual_length_is_sent_in_one_part(language: Language, template: Template) -> None:
    text = text_of(template, language, USUAL | OF_LANGUAGE[language])
    assert parts(worded(text)) == 1
    assert values_of(text) == text.values


@pytest.mark.parametrize("character", ["长", "𠮷", "x"])
@pytest.mark.parametrize(("language", "template"), EVERY)
def test_a_text_has_two_parts_at_most_whatever_the_names_are(language: Language, template: Template, character: str) -> None:
    values = USUAL | OF_LANGUAGE[language] | dict.fromkeys(NAMES, character * 200)
    text = text_of(template, language, values)
    assert parts(worded(text)) <= 2
    for name, value in values_of(text).items():
        assert len(value) <= 35
        assert value
        assert value == text.values[name] or name in NAMES


def test_only_the_longest_names_are_cut() -> None:
    values = USUAL | OF_LANGUAGE[Language.ENGLISH] | {"hospital": "院" * 60, "instead": "别" * 60}
    fitted = values_of(text_of(Template.SUSPENDED_INSTEAD_REFUNDED, Language.ENGLISH, values))
    assert (fitted["patient"], fitted["department"]) == (values["patient"], values["department"])
    assert len(fitted["hospital"]) >= 10


def test_parts_are_counted_as_carriers_do() -> None:
    """70 units of UCS-2 are one part; a longer text has 67 in each, and a character outside the basic plane is two."""
    assert [parts("字" * length) for length in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert [parts("𠮷" * length) for length in (35, 36)] == [1, 2]
    assert units("a字𠮷") == 4


@pytest.mark.parametrize(("language", "template"), EVERY)
def test_every_text_begins_with_the_senders_name_as_carriers_demand_and_its_template_can_be_registered(
    language: Language, template: Template
) -> None:
    wording = WORDING[language][template]
    assert worded(text_of(template, language, USUAL | OF_LANGUAGE[language])).startswith(SIGNATURE)
    assert re.fullmatch("【[一-龥]{2,}】", SIGNATURE)
    assert not re.search("[【】•★→]", wording)
    assert "验证码" in wording or template is not Template.LOGIN_CODE
