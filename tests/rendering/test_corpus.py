"""Whatever is said, in any language and to any service, keeps the rules of PRODUCT section 5 and
DESIGN section 15: nothing that frauds say, no address but the operator's and ours, masked numbers,
sums and counts as each language has them, and no word left untranslated."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from reminder.rendering.chats.forms import FORMS
from tests.rendering.corpus import COUNTS, Said, corpus
from tests.rendering.notices import BASE, CATALOGUE, LABELS, LANGUAGES

BANNED = re.compile(
    r"expir|urgent|immediately|verif|blocked|last chance|hurry|suspend|deactivat|act now"
    r"|истека|истёк|истек|срок действия|продлит|срочн|немедленно|заблокир|подтвердите личность"
    r"|последний шанс|успейте"
    r"|到期|过期|立即|立刻|紧急|停机在即|验证身份|最后机会|尽快|马上",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"\b(tell|send|enter|give|type|reply with|confirm)\b[^.!?\n]*\b(code|password|pin|card)\b"
    r"|(сообщите|введите|назовите|пришлите|отправьте|подтвердите)[^.!?\n]*\b(код|парол|номер карты)"
    r"|(请输入|请提供|告诉我们|发送|回复)[^。！？\n]*(验证码|密码|卡号)",
    re.IGNORECASE,
)
NEVER = {"en": "We never ask for", "ru": "не спрашиваем", "zh": "验证码、密码"}
SHOUTING = re.compile(r"[!！]|\b[A-ZА-Я]{6,}\b")
OWN_LINK = "https://pay.example.net/x"
NAMES = frozenset(
    {
        *("Reminder", "MTS", "t2", "Yota", "Bot", "SIM", "https", "reminder", "example", "org"),
        *("mts", "ru", "pay", "net", "tele", "www", "anna"),
        *("Firefox", "Linux"),
    }
)


def official(host: str) -> bool:
    """Whether a host is an operator's own, by the catalogue."""
    domains = [d for one in CATALOGUE.all() for d in one.official_domains]
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


@pytest.mark.parametrize("rule", [BANNED, ASKING, SHOUTING], ids=["banned", "asking", "shouting"])
def test_nothing_that_frauds_say(rule: re.Pattern[str]) -> None:
    """No message says that a SIM expires, presses, shouts, or asks for a code, password or card."""
    found = {
        (said.name, said.language, match[0])
        for said in corpus()
        for text in said.texts
        for match in rule.finditer(text)
    }
    assert found == set()


@pytest.mark.parametrize(
    "text",
    [
        "Your SIM expires tomorrow",
        "SIM 卡到期，请续期",
        "Срок действия SIM истекает",
        "Send us the code from the message",
        "Введите код из СМС",
        "请输入短信验证码",
        "URGENT!",
    ],
)
def test_the_rules_catch_frauds(text: str) -> None:
    """What frauds write would be caught."""
    assert any(rule.search(text) for rule in (BANNED, ASKING, SHOUTING))


def test_every_message_says_what_we_never_ask() -> None:
    """Each message says it, and links the page that tells how to know ours."""
    for said in corpus():
        assert NEVER[said.language] in said.all_text, said.name
        is_card = "wecom" in said.name and f"{BASE}/a/" in "".join(said.addresses)
        safety = f"{BASE}/safety?language={said.language}"
        assert is_card or safety in said.addresses, said.name


def test_every_address_is_official_or_ours() -> None:
    """No message leads anywhere but to the operator's own hosts, to us, or to what the owner
    entered."""
    for said in corpus():
        for address in said.addresses:
            parts = urlsplit(address)
            ours = address.startswith(f"{BASE}/") or address == BASE
            assert ours or address == OWN_LINK or official(parts.hostname or ""), (
                said.name,
                address,
            )
            assert parts.scheme == "https"


def test_no_number_is_whole() -> None:
    """No text shows the number whole, however it is grouped."""
    for said in corpus():
        digits = re.sub(r"[^\d\n]", "", re.sub(r"https?://\S+", "", said.all_text))
        assert "1234542" not in digits, said.name


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_nothing_is_untranslated(language: str) -> None:
    """No English word stands in a Russian or Chinese message but names and addresses."""
    known = set(NAMES)
    for one in CATALOGUE.all():
        known |= set(re.findall(r"[A-Za-z]+", one.names.in_(language)))
        known |= set(re.findall(r"[A-Za-z]+", one.app.value.name)) if one.app else set()
        known |= {
            part for domain in one.official_domains for part in re.split(r"[^A-Za-z]+", domain)
        }
    left = set()
    for said in corpus():
        if said.language != language:
            continue
        text = re.sub(r"<[^>]*>", " ", said.all_text)
        text = re.sub(r"https?://\S+|&#?\w+;|\\|\w*…", " ", text)
        found = re.findall(r"[A-Za-z]{2,}", text)
        left |= {(word, said.name) for word in found if word not in known}
    assert left == set()


def one(name: str, language: str) -> Said:
    """One message of the corpus."""
    (found,) = (s for s in corpus() if (s.name, s.language) == (name, language))
    return found


SUBJECTS = {
    "en": ("330 ₽ short", "2 numbers need you", "5 numbers need you", "21 numbers need you"),
    "ru": ("не хватает 330 ₽", "2 номера ждут", "5 номеров ждут", "21 номер ждёт"),
    "zh": ("还差 330 卢布", "有 2 个号码需要处理", "有 5 个号码需要处理", "有 21 个号码需要处理"),
}
AGES = {
    "en": ("1 day old", "2 days old", "5 days old", "21 days old"),
    "ru": ("1 день", "2 дня", "5 дней", "21 день"),
    "zh": ("1 天", "2 天", "5 天", "21 天"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("index", range(len(COUNTS)))
def test_counts(language: str, index: int) -> None:
    """One, two, five and twenty-one have the form that the language wants, in mail and chats."""
    n = COUNTS[index]
    assert SUBJECTS[language][index] in one(f"{n} short mail", language).all_text
    assert AGES[language][index] in one(f"asks {n} mail", language).all_text
    for form in FORMS:
        assert AGES[language][index] in one(f"asks {n} {form}", language).all_text, form


MONEY = {"en": "550 ₽", "ru": "550 ₽", "zh": "550 卢布"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_money(language: str) -> None:
    """Sums are written as the language has them, the same in every format; no other ruble."""
    for form in ("mail", "standard", *FORMS):
        said = one(f"short {form}", language).all_text
        assert MONEY[language] in said, form
        assert not re.search(r"\d (RUB|руб)\b|\d₽|\d卢布", said), form
        assert LABELS[language] in said
