"""What the words of an operator's answer mean, in Russian, English, Chinese and written in Latin.

A word is looked up whole, then by its beginning, so that endings need no list.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Sense(StrEnum):
    """What a word says of the sum beside it: it is the balance (``MAIN``), it may be (``WEAK``), it
    is another sum (``OTHER``); ``ADVICE`` speaks of the next sum only, ``AFTER`` takes the next
    ``OTHER`` back ("after the charge"), ``TERM`` goes before a day that is no reading's,
    ``SINCE`` before one that is."""

    MAIN = "main"
    WEAK = "weak"
    OTHER = "other"
    ADVICE = "advice"
    AFTER = "after"
    TERM = "term"
    SINCE = "since"
    MINUS = "minus"
    UNIT = "unit"
    MINOR = "minor"
    EITHER = "either"
    MONEY = "money"
    WORD = "word"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WHOLE = {
    Sense.MAIN: "бал bal счете счёте счету счёту schete schetu",
    Sense.WEAK: "credit",
    Sense.OTHER: """
        до ниже не нет was due less below under over above will would win get need lose if when
        once при если to by с со со cost tax top был была было text call voice sms смс data gb
        xp""",
    Sense.ADVICE: "пополните пополни подключите подключи оплатите оплати popolnite",
    Sense.AFTER: "после after posle",
    Sense.TERM: "until till valid before expires expired next до do",
    Sense.SINCE: "на of on от at na as",
    Sense.MINUS: "минус minus",
    Sense.EITHER: "or или ili",
    Sense.UNIT: """
        мин м min mins minute minutes мб mb гб gb кб kb тб tb г g m смс sms шт дн дня дней день
        days day час часа часов ч hours hour h сек sec s мес месяц месяца месяцев month months
        балл балла баллов points point раз тыс млн k lte pcs мегабайт гигабайт gigabytes
        messages texts units""",
    Sense.MINOR: "коп копеек копейка копейки kop cent cents tiyn тиын тыйын тиынов",
}
_BEGINNINGS = {
    Sense.MAIN: "баланс balans balance средств",
    Sense.WEAK: "остат остал доступн ostat remain avail left",
    Sense.OTHER: """
        бонус промо подар акци скид кэшб кешб балл кредит лимит обещ довер порог плат оплат абон
        стоим цен тариф пакет опци услуг списа списы спиш снят снима удерж пополн зачисл поступ
        внес внест начисл перев расход потра израсх долг задол миним рекоменд комисс штраф менее
        меньш выше боле больш хват недост прогноз будет будут состави стане предыд прошл вчера
        займ одолж рассроч прибав сумм трафик интернет минут мегаб гигаб прем выигр кажд ежем
        ежес сутк возвр нужн заблок замороз refun отправ набер позвон звон узна провер команд
        запрос чтоб отриц negativ
        bonus promo gift free reward point cashb limit loan borrow fee charg pric
        plan packag pack bundl subscri rent deduct debit spen used usage topup topped topping
        recharg refill reload paid pay receiv credited added adding adds transf owe bill invoice
        minim least more forecast previous befor internet minut offer overdr discount sav requir
        verif code send dial reply check press autop schedul limi spis popoln zachisl plat abon
        tarif paket""",
    Sense.TERM: "действ срок оплачен следующ expir renew",
    Sense.WORD: "абонент abonent платформ центр",
}
LINKS = _words(
    """составляет составил равен равна равно сейчас теперь сегодня всего только лишь is are now
    currently just only today and и ваш your"""
)
"""Words between a label and its sum, or after it, that add nothing."""

WHOLE = MappingProxyType(
    {word: sense for sense, words in reversed(_WHOLE.items()) for word in words.split()}
    | dict.fromkeys(LINKS, Sense.WORD)
)
BEGINNINGS = MappingProxyType(
    {word: sense for sense, words in _BEGINNINGS.items() for word in words.split()}
)
LONGEST_BEGINNING = max(map(len, BEGINNINGS))

HAN = MappingProxyType(
    {
        Sense.MAIN: "余额 餘額 结余 結餘",
        Sense.WEAK: "剩余 剩餘 可用 还有 還有 尚有",
        Sense.OTHER: """
        赠送 贈送 赠款 奖励 獎勵 红包 积分 積分 优惠 信用 额度 額度 欠费 欠費
        欠 充值 缴费 繳費 支付 扣除 扣费 扣費 消费 消費 月租 月费 套餐 资费
        不足 低于 低於 少于 少於 流量 语音 語音 短信 通话 保底 最低 账单 帳單
        应缴 专款 手续费 转入 转账 已用 上月 每月 预计 发送 發送 拨打 回复 编辑
        验证码 超过 高于 如果 若 当月 費用 费用 將 将 大于 小于 达到 阈值 閾值
        门槛""",
        Sense.AFTER: "后 後",
        Sense.MINUS: "负 負",
        Sense.SINCE: "截至 截止",
        Sense.TERM: "有效 到期",
        Sense.EITHER: "或",
        Sense.UNIT: "分钟 分鐘 条 條 个月 個月 兆 次 张 張 折 小时 小時 秒 天",
        Sense.MINOR: "角 分",
    }
)

MONEY = MappingProxyType(
    {
        "RUB": """
        р руб рубл рубля рублей рубль рубли рублях
        rub rur ruble rubles rouble roubles ₽ r 卢布
        盧布""",
        "BYN": "byn br белруб",
        "KZT": "kzt тг тнг тенге ₸ tenge tg 坚戈",
        "KGS": "kgs сом сома сомов som 索姆",
        "UZS": "uzs сум сумов so'm",
        "UAH": "uah грн гривен гривна ₴",
        "AMD": "amd драм драмов ֏",
        "GEL": "gel лари ₾",
        "USD": "usd $ us$ dollar dollars доллар доллара долларов 美元",
        "EUR": "eur € euro euros евро 欧元",
        "GBP": "gbp £ pound pounds 英镑",
        "CNY": "cny rmb ¥ 元 块 圆 人民币 yuan юаней юаня юань",
        "THB": "thb ฿ baht บาท 泰铢 бат батов",
        "JPY": "jpy 日元 円",
        "HKD": "hkd hk$ 港币 港元",
        "TWD": "twd nt$ 新台币 新臺幣 台币 臺幣",
        "TRY": "tl ₺",
        "INR": "inr ₹",
        "VND": "vnd ₫",
        "AED": "aed",
    }
)
OTHER_MEANINGS = MappingProxyType(
    {
        "RUB": frozenset({"BYN"}),
        "CNY": frozenset({"JPY"}),
        "USD": frozenset({"CAD", "AUD", "HKD", "SGD", "NZD", "MXN", "TWD"}),
    }
)
"""What a sign can stand for besides: "руб." in Belarus, "$" in Canada."""
_ONLY_SIGNS = frozenset({"р", "руб", "рубл", "рубля", "рублей", "рубль", "рубли", "¥", "$"})
CURRENCY_OF = MappingProxyType({w: code for code, words in MONEY.items() for w in words.split()})
PER = _words("месяц мес сутки сут день час минуту неделю год month mo day week year 月 天 日 年")

_UNITS = frozenset(_WHOLE[Sense.UNIT].split() + HAN[Sense.UNIT].split() + HAN[Sense.MINOR].split())
_UNIT_BEGINNINGS = (
    "минут",
    "мегаб",
    "гигаб",
    "сообщен",
    "балл",
    "звонк",
    "minut",
    "megab",
    "gigab",
)

_MONTH_NAMES = (
    *("янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun"),
    *("июл jul", "авг aug", "сен sep", "окт oct", "ноя nov", "дек dec"),
)
MONTHS = MappingProxyType(
    {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
)


def is_unit(word: str) -> bool:
    """Whether a word after a number counts something that is not money."""
    return word in _UNITS or word.startswith(_UNIT_BEGINNINGS)


def sense_of(word: str) -> Sense:
    """What a word in small letters means; ``WORD`` for one that says nothing."""
    found = WHOLE.get(word)
    for length in range(min(len(word), LONGEST_BEGINNING), 1, -1):
        if found is not None:
            return found
        found = BEGINNINGS.get(word[:length])
    return found or Sense.WORD


def currency_of(word: str, kept: str | None) -> str | None:
    """The currency that a word or sign names: where it has several, the one that is ``kept``.

    >>> currency_of("руб", None), currency_of("руб", "BYN"), currency_of("rub", "BYN")
    ('RUB', 'BYN', 'RUB')
    """
    named = CURRENCY_OF.get(word)
    if named and kept in OTHER_MEANINGS.get(named, ()) and word in _ONLY_SIGNS:
        return kept
    return named
