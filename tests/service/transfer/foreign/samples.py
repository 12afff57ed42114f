"""Exports as other programs write them, in words of our own: shapes after each one's source."""

from __future__ import annotations

import json

WALLOS_RECORD = {
    "Name": "Билайн дача +7 903 111-22-33",
    "Payment Cycle": "Monthly",
    "Next Payment": "2026-12-05",
    "Renewal": "Automatic",
    "Category": "Phones",
    "Payment Method": "Bank card",
    "Paid By": "Anna",
    "Price": "₽450",
    "Notes": "gate and boiler",
    "URL": "https://example.org/dacha",
    "State": "Enabled",
    "Notifications": "Enabled",
    "Cancellation Date": None,
    "Active": "Yes",
}
WALLOS = [
    WALLOS_RECORD,
    {
        **WALLOS_RECORD,
        "Name": "Tablet",
        "Notes": "card 8 903 111 22 34 in the drawer",
        "Payment Cycle": "Every 3 Months",
        "Next Payment": "2026-08-31",
        "Renewal": "Manual",
        "Price": "$12.5",
        "URL": "",
        "Category": "No category",
        "Notifications": "Disabled",
    },
    {**WALLOS_RECORD, "Name": "Film club", "Notes": "", "URL": "https://example.org/films"},
    {
        **WALLOS_RECORD,
        "Name": "Old +79031112235",
        "State": "Disabled",
        "Active": "No",
        "Next Payment": "2026-01-05",
    },
]
SUBSTRACKER = [
    {
        "id": "1764000000000",
        "name": "妈妈的卡 +79031112236",
        "subscriptionMode": "cycle",
        "customType": "手机卡",
        "category": "家人/俄罗斯",
        "startDate": "2025-12-10",
        "expiryDate": "2026-12-10T00:00:00.000Z",
        "periodValue": 30,
        "periodUnit": "day",
        "reminderUnit": "day",
        "reminderValue": 7,
        "reminderDays": 7,
        "notes": "用于银行验证",
        "amount": 300,
        "currency": "RUB",
        "lastPaymentDate": "2026-11-10T00:00:00.000Z",
        "paymentHistory": [{"id": "1", "amount": 300}, {"id": "2", "amount": 300}],
        "isActive": True,
        "autoRenew": False,
        "useLunar": True,
        "webhookUrl": "",
        "createdAt": "2025-12-10T00:00:00.000Z",
    },
]
RENEWLET = {
    "kind": "renewlet-export",
    "schemaVersion": 1,
    "exportedAt": "2026-11-19T00:00:00.000Z",
    "data": {
        "subscriptions": [
            {
                "id": "sub-1",
                "name": "MTS backup +79031112237",
                "price": "250.00",
                "currency": "RUB",
                "billingCycle": "custom",
                "customDays": 4,
                "customCycleUnit": "week",
                "category": "telecom",
                "status": "active",
                "pinned": False,
                "publicHidden": False,
                "startDate": "2026-01-01",
                "nextBillingDate": "2026-12-03",
                "autoRenew": True,
                "autoCalculateNextBillingDate": True,
                "website": "https://example.org/mts",
                "notes": "second phone",
                "tags": ["work", "a tag that is far too long to be kept here"],
                "reminderDays": 3,
                "repeatReminderEnabled": False,
                "repeatReminderInterval": "1h",
                "repeatReminderWindow": "72h",
                "extra": {},
            },
        ],
        "settings": {"defaultCurrency": "USD"},
    },
}
SIMNOTICE = [
    {
        "id": 4,
        "phone_number": "13812345678",
        "balance": "42.50",
        "carrier": "中国移动",
        "monthly_fee": "8.00",
        "billing_day": 31,
        "data_plan": "100 MB",
        "call_minutes": None,
        "sms_count": "",
        "location": "上海",
        "activation_date": "2019-03-01T16:00:00.000Z",
        "created_at": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-11-02T03:04:05.000Z",
    },
    {
        "id": 5,
        "phone_number": "13912345678",
        "balance": "0.00",
        "carrier": "村里的",
        "billing_day": 1,
    },
]


def wallos_csv() -> str:
    """The same records as Wallos joins them with commas, quoting nothing."""
    head = ",".join(WALLOS_RECORD)
    rows = [",".join("" if v is None else str(v) for v in one.values()) for one in WALLOS]
    return "\n".join([head, *rows])


def as_text(export: object) -> str:
    """An export as its file."""
    return json.dumps(export, ensure_ascii=False)
