"""An operator of the catalogue as JSON: each fact with source, day and confidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reminder.catalogue.country import country_of
from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.operator import Operator
from reminder.catalogue.values import (
    Activity,
    BalanceCheck,
    Convention,
    DeadEnd,
    Hotline,
    KeepRule,
    KeepService,
    Note,
    Stage,
    Tariff,
)
from reminder.catalogue.ways import Way, warnings, ways
from reminder.domain.routes import Pay, Place

Json = dict[str, object]


class Speaker:
    """Says facts in one language, as they stand on one day."""

    def __init__(self, language: str, today: date) -> None:
        self.language = language
        self._today = today

    def words(self, text: Text | None) -> str | None:
        """A text in the language."""
        return text.in_(self.language) if text else None

    def said(self, fact: Fact[object], value: Mapping[str, object]) -> Json:
        """A value with where it comes from; ``source`` null: not public, or our own advice."""
        return {
            **value,
            "source": fact.source or None,
            "source_date": fact.source_date or None,
            "checked_on": fact.checked_on.isoformat(),
            "confidence": fact.confidence.value,
            "evidence": fact.evidence.value,
            "stale": fact.is_stale(self._today),
            "advice": fact.advice,
        }

    def brief(self, operator: Operator) -> Json:
        """An operator in the list of all."""
        names, country = operator.names, country_of(operator.country)
        return {
            "id": operator.id,
            "country": operator.country,
            "timezone": country and country.zone,
            "currency": country and country.currency,
            "calling_code": country and country.calling_code,
            "kind": operator.kind.value,
            "name": self.words(names),
            "names": {"zh": names.zh, "ru": names.ru, "en": names.en},
            "former_names": list(operator.former_names),
            "unconfirmed": operator.unconfirmed,
            "official_domains": list(operator.official_domains),
            "official": self._official(operator),
        }

    def _official(self, operator: Operator) -> Json | None:
        link = operator.official_link
        if link is None:
            return None
        value = {"url": link.url, "kind": link.kind.value}
        if link.fact is None:
            return {**value, "source": None, "checked_on": None, "confidence": None}
        return self.said(link.fact, value)

    def whole(self, operator: Operator, place: Place | None = None, pay: Pay | None = None) -> Json:
        """Everything about an operator; the ways to top up in the order for one person, and what
        that person should know before."""
        keep = operator.keepalive
        checks = [self._check(fact) for fact in operator.balance_checks]
        return {
            **self.brief(operator),
            "also_called": list(operator.also_called),
            "language": self.language,
            "balance_check": checks[0] if checks else None,
            "balance_checks": checks,
            "keepalive": {
                "rule": keep.rule and self._rule(keep.rule),
                "law": keep.law and self._rule(keep.law),
                "counts": keep.counts and self._counts(keep.counts),
                "stages": [self._stage(fact) for fact in keep.stages],
                "services": [self._service(fact) for fact in keep.services],
            },
            "place": place and place.value,
            "pay": pay and pay.value,
            "warnings": [self._note(fact) for fact in warnings(operator, place, pay)],
            "top_up": [self._way(way) for way in ways(operator, place, pay)],
            "not_working": [self._dead_end(fact) for fact in operator.not_working],
            "links": [
                self.said(link.fact, {"topic": link.topic.value, "url": link.fact.value})
                for link in operator.links
            ],
            "app": operator.app
            and self.said(
                operator.app,
                {"name": operator.app.value.name, "android": operator.app.value.android or None},
            ),
            "hotlines": [self._hotline(fact) for fact in operator.hotlines],
            "default_period": operator.default_period,
            "conventions": [self._convention(fact) for fact in operator.conventions],
            "tariffs": [self._tariff(fact) for fact in operator.tariffs],
            "notes": [self._note(fact) for fact in operator.notes],
            "cautions": [self._note(fact) for fact in operator.cautions],
        }

    def _check(self, fact: Fact[BalanceCheck]) -> Json:
        check = fact.value
        value = {"kind": check.kind.value, "code": check.code, "to": check.to or None}
        return self.said(fact, {**value, "text": self.words(check.text)})

    def _rule(self, fact: Fact[KeepRule]) -> Json:
        rule = fact.value
        value = {"days": rule.days, "about": rule.about, "text": self.words(rule.text)}
        return self.said(fact, value)

    def _counts(self, fact: Fact[Activity]) -> Json:
        activity = fact.value
        value = {"text": self.words(activity.text), "top_up": activity.top_up.value}
        return self.said(fact, value)

    def _stage(self, fact: Fact[Stage]) -> Json:
        stage = fact.value
        value = {"kind": stage.kind.value, "since": stage.since.value, "days": stage.days}
        words = {"text": self.words(stage.text), "helps": self.words(stage.helps)}
        return self.said(fact, {**value, **words})

    def _service(self, fact: Fact[KeepService]) -> Json:
        service, price = fact.value, fact.value.price
        value = {
            "id": service.id,
            "name": self.words(service.name),
            "own_name": service.own_name or None,
            "text": self.words(service.text),
            "price": price and {"amount": price.amount, "currency": price.currency},
            "period": service.period,
            "link": service.link and service.link.value,
        }
        return self.said(fact, value)

    def _tariff(self, fact: Fact[Tariff]) -> Json:
        tariff = fact.value
        value = {"id": tariff.id, "name": self.words(tariff.name), "text": self.words(tariff.text)}
        return self.said(fact, {**value, "period": tariff.period, "keep_days": tariff.keep_days})

    def _way(self, way: Way) -> Json:
        method = way.method.value
        fee = method.fee
        percent = None if fee is None or fee.percent is None else str(fee.percent)
        return self.said(
            way.method,
            {
                "id": method.id,
                "name": self.words(method.name),
                "own_name": method.own_name or None,
                "possible": way.possible,
                "opening": way.opening.value,
                "reason": self.words(way.reason),
                "places": sorted(place.value for place in method.places),
                "pays": sorted(pay.value for pay in method.pays),
                "fee": fee and {"text": self.words(fee.text), "percent": percent},
                "conditions": self.words(method.conditions),
                "steps": [self.words(step) for step in method.steps],
                "link": method.link.value if method.link else None,
            },
        )

    def _dead_end(self, fact: Fact[DeadEnd]) -> Json:
        end = fact.value
        value = {"id": end.id, "state": end.state.value, "name": self.words(end.name)}
        return self.said(fact, {**value, "text": self.words(end.text)})

    def _hotline(self, fact: Fact[Hotline]) -> Json:
        line = fact.value
        value = {"kind": line.kind.value, "number": line.number, "text": self.words(line.text)}
        return self.said(fact, value)

    def _convention(self, fact: Fact[Convention]) -> Json:
        value = {"text": self.words(fact.value.text), "period": fact.value.period}
        return self.said(fact, value)

    def _note(self, fact: Fact[Note]) -> Json:
        note = fact.value
        value = {"id": note.id, "topic": note.topic.value, "title": self.words(note.title)}
        link = note.link.value if note.link else None
        return self.said(fact, {**value, "text": self.words(note.text), "link": link})
